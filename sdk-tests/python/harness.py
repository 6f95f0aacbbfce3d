"""Runs steps one after the other and says of each what came of it.

A step is a call of the SDK, named by the operation of the Backend API that it is for.
"""

import base64
import itertools
import json
import os
import socket
import sys
import traceback
import urllib.request

from clerk_backend_api import Clerk

BACKEND = os.environ["BACKEND_URL"]
FRONTEND = os.environ["FRONTEND_URL"]
HOME = os.environ["HOME_URL"]
SECRET_KEY = os.environ["SECRET_KEY"]
WEBHOOK_SECRET = os.environ["WEBHOOK_SECRET"]
NOT_OFFERED = set(os.environ["NOT_OFFERED"].split(","))
PASSWORD = "correct horse battery"

_connect = socket.socket.connect
_count = itertools.count(1)


def _connect_within(self, address):
    """Refuses every connection that would leave the machine."""
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"a connection to {address[0]} was tried")
    return _connect(self, address)


socket.socket.connect = _connect_within

clerk = Clerk(bearer_auth=SECRET_KEY, server_url=f"{BACKEND}/v1", retry_config=None)


class State(dict):
    """What steps of a scenario hand on."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


class Scenario:
    """Steps that build on each other."""

    def __init__(self, name):
        self.name = name
        self.steps = []

    def step(self, operation):
        """Declares a step for an operation (None: for none)."""

        def declare(call):
            self.steps.append((operation, call))
            return call

        return declare


def unique(prefix):
    """A name that nobody else uses."""
    return f"{prefix}{os.getpid()}y{next(_count)}"


def address():
    """An address whose code is known."""
    return f"{unique('py')}+clerk_test@northwind.example"


def new_user(**more):
    """A user with an address."""
    return clerk.users.create(email_address=[address()], **more)


def behind(what, method="GET"):
    """What the provider's tests see behind it: findings, mails, webhooks; rotate turns."""
    url = f"{os.environ['DOOR_URL']}/{what}"
    with urllib.request.urlopen(urllib.request.Request(url, method=method)) as response:
        return json.load(response)


def tell(what, body):
    """Tells the provider's tests something: what is offered, which webhooks are verified."""
    request = urllib.request.Request(
        f"{os.environ['DOOR_URL']}/{what}",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        assert response.status == 200


def claims(jwt):
    """What a token says, unverified."""
    payload = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def refused(call, status, code):
    """Fails unless the call is refused with this status and code."""
    try:
        call()
    except Exception as error:  # The SDK has a class for each operation.
        body = json.loads(error.body)
        found = (error.status_code, body["errors"][0]["code"])
        assert found == (status, code), found
        return
    raise AssertionError(f"not refused with {status} {code}")


def run(scenarios):
    """Runs the scenarios; ends the process with 1 where a step failed."""
    failed = 0
    for scenario in scenarios:
        state = State()
        for operation, call in scenario.steps:
            if operation in NOT_OFFERED:
                continue
            problem = _attempt(call, state)
            title = f"{scenario.name}: {call.__name__} ({operation})"
            print(f"FAILED {title}\n{problem}" if problem else f"ok {title}")
            failed += bool(problem)
    sys.exit(1 if failed else 0)


def _attempt(call, state):
    problem = ""
    try:
        call(state)
    except Exception as error:
        problem = "".join(traceback.format_exception(error)[-3:])
        problem += str(getattr(error, "body", ""))[:1000]
    return "\n".join(filter(None, [problem, *behind("findings")]))
