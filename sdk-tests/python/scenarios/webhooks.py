"""Webhooks as their receivers see them."""

import json
import time

from standardwebhooks.webhooks import Webhook as StandardWebhook
from standardwebhooks.webhooks import WebhookVerificationError as StandardError
from svix.webhooks import Webhook, WebhookVerificationError

from harness import WEBHOOK_SECRET, Scenario, behind, clerk, new_user, tell

webhooks = Scenario("webhooks")
step = webhooks.step


def messages():
    """Creates and deletes a user, and waits for what is sent of it; everything sent so far."""
    user = new_user()
    clerk.users.delete(user_id=user.id)
    for _ in range(200):
        everything = behind("webhooks")
        events = [json.loads(one["body"]) for one in everything]
        if any((one["type"], one["data"]["id"]) == ("user.deleted", user.id) for one in events):
            return everything
        time.sleep(0.05)
    raise AssertionError("no webhook of the user came")


def accepted(message, secret):
    """Whether the libraries accept a message; fails where they differ."""
    body, headers = message["body"], message["headers"]
    standard = {
        f"webhook-{name}": headers[f"svix-{name}"] for name in ("id", "timestamp", "signature")
    }
    answers = set()
    for library, given in ((Webhook, headers), (StandardWebhook, standard)):
        try:
            # Svix's returns nothing.
            assert library(secret).verify(body, given) in (None, json.loads(body))
            answers.add(True)
        except (WebhookVerificationError, StandardError):
            answers.add(False)
    (answer,) = answers
    return answer


def signatures(message):
    """How many there are."""
    return len(message["headers"]["svix-signature"].split(" "))


@step(None)
def every_message_is_accepted(s):
    s.all = messages()
    for one in s.all:
        assert accepted(one, WEBHOOK_SECRET)
        assert signatures(one) == 1
    tell("verified", [one["headers"]["svix-id"] for one in s.all])


@step(None)
def a_changed_message_is_refused(s):
    one = s.all[0]
    assert not accepted({**one, "body": one["body"] + " "}, WEBHOOK_SECRET)
    later = str(int(one["headers"]["svix-timestamp"]) + 1)
    moved = {**one, "headers": {**one["headers"], "svix-timestamp": later}}
    assert not accepted(moved, WEBHOOK_SECRET)


@step(None)
def the_old_and_the_new_secret_accept_during_a_change(s):
    secret = behind("rotate", "POST")["secret"]
    after = messages()[len(s.all) :]
    assert len(after) >= 2
    for one in after:
        assert signatures(one) == 2
        assert accepted(one, secret) and accepted(one, WEBHOOK_SECRET)
        assert not accepted(one, "whsec_" + "A" * 32)
    # What was sent before has the old signature alone.
    assert not accepted(s.all[-1], secret)


ALL = [webhooks]
