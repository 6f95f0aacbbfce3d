"""Tokens as their receivers see them."""

import base64

import httpx
from clerk_backend_api.security import VerifyTokenOptions, authenticate_request, verify_token
from clerk_backend_api.security.types import AuthenticateRequestOptions
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from harness import BACKEND, HOME, SECRET_KEY, Scenario, clerk, new_user

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


ALL = [tokens]
