"""Tokens and webhooks as receivers see them."""

import base64
import json
import time

import httpx
from clerk_backend_api.security import VerifyTokenOptions, authenticate_request, verify_token
from clerk_backend_api.security.types import AuthenticateRequestOptions
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks.webhooks import Webhook as StandardWebhook
from svix.webhooks import Webhook, WebhookVerificationError

from harness import BACKEND, HOME, SECRET_KEY, WEBHOOK_SECRET, Scenario, behind, clerk, new_user

tokens = Scenario("tokens")
step = tokens.step


def number(text):
    """A number of a JSON Web Key."""
    padded = text + "=" * (-len(text) % 4)
    return int.from_bytes(base64.urlsafe_b64decode(padded), "big")


@step(None)
def verify_by_the_key_set(s):
    s.user = new_user()
    organization = clerk.organizations.create(
        request={"name": "Northwind", "created_by": s.user.id}
    )
    s.organization_id = organization.id
    session = clerk.sessions.create(
        request={"user_id": s.user.id, "active_organization_id": organization.id}
    )
    s.jwt = clerk.sessions.create_token(session_id=session.id).jwt
    claims = verify_token(s.jwt, VerifyTokenOptions(secret_key=SECRET_KEY, api_url=BACKEND))
    assert (claims["sub"], claims["sid"]) == (s.user.id, session.id)


@step(None)
def verify_by_a_key(s):
    jwk = clerk.jwks.get_jwks().keys[0]
    public = RSAPublicNumbers(number(jwk.e), number(jwk.n)).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    s.pem = pem.decode()
    assert verify_token(s.jwt, VerifyTokenOptions(jwt_key=s.pem))["sub"] == s.user.id


@step(None)
def authenticate_with_an_organization(s):
    request = httpx.Request("GET", HOME, headers={"authorization": f"Bearer {s.jwt}"})
    options = AuthenticateRequestOptions(secret_key=SECRET_KEY, jwt_key=s.pem)
    state = authenticate_request(request, options)
    assert state.is_signed_in, state.reason
    auth = state.to_auth()
    assert (auth.sub, auth.org_id, auth.org_role) == (
        s.user.id,
        s.organization_id,
        "admin",
    )


@step(None)
def refuse_without_a_token(s):
    options = AuthenticateRequestOptions(secret_key=SECRET_KEY, jwt_key=s.pem)
    state = authenticate_request(httpx.Request("GET", HOME), options)
    assert not state.is_signed_in


webhooks = Scenario("webhooks")
step = webhooks.step


def received(kind):
    """All webhooks, as soon as one of this type is there."""
    for _ in range(200):
        everything = behind("webhooks")
        if any(json.loads(one["body"])["type"] == kind for one in everything):
            return everything
        time.sleep(0.05)
    raise AssertionError(f"no webhook {kind} came")


@step(None)
def accept_every_message(s):
    clerk.users.delete(user_id=new_user().id)
    s.all = received("user.deleted")
    for one in s.all:
        headers = one["headers"]
        Webhook(WEBHOOK_SECRET).verify(one["body"], headers)
        standard = {
            f"webhook-{name}": headers[f"svix-{name}"] for name in ("id", "timestamp", "signature")
        }
        StandardWebhook(WEBHOOK_SECRET).verify(one["body"], standard)


@step(None)
def refuse_a_changed_message(s):
    one = s.all[0]
    try:
        Webhook(WEBHOOK_SECRET).verify(one["body"] + " ", one["headers"])
    except WebhookVerificationError:
        return
    raise AssertionError("a changed message was accepted")


ALL = [tokens, webhooks]
