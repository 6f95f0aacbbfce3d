"""A browser, as far as the tests of server SDKs need one: cookies, an origin, forms."""

import base64
import hashlib
import hmac
import time
from urllib.parse import parse_qs, urlsplit

import httpx

from harness import FRONTEND, HOME, PASSWORD, address, claims


class Browser:
    """Signed up as somebody new."""

    def __init__(self):
        headers = {"origin": HOME, "user-agent": "Test Firefox/130.0"}
        self.http = httpx.Client(headers=headers)
        attempt = self.call(
            "POST", "/v1/client/sign_ups", email_address=address(), password=PASSWORD
        )
        path = f"/v1/client/sign_ups/{attempt['id']}"
        self.call("POST", f"{path}/prepare_verification", strategy="email_code")
        self.call("POST", f"{path}/attempt_verification", strategy="email_code", code="424242")
        self.session = self.call("GET", "/v1/client")["sessions"][-1]
        self.user_id = self.session["user"]["id"]

    def call(self, method, path, **form):
        """Calls the Frontend API; the answer's `response`."""
        answer = self.http.request(method, f"{FRONTEND}{path}", data=form or None)
        assert answer.status_code == 200, (method, path, answer.text)
        return answer.json()["response"]

    def own(self, method, path, **form):
        """The same in the name of the session."""
        return self.call(method, f"{path}?_clerk_session_id={self.session['id']}", **form)

    def new_sign_up(self, email_address):
        """Begins to sign up in another browser."""
        with httpx.Client(headers=self.http.headers) as http:
            form = {"email_address": email_address}
            return http.post(f"{FRONTEND}/v1/client/sign_ups", data=form).json()["response"]

    def cookie(self, start):
        """The cookie whose name begins so."""
        return next(value for name, value in self.http.cookies.items() if name.startswith(start))

    def secret(self):
        """The cookie by which the provider knows the browser."""
        cookies = self.http.cookies.items()
        return next(
            value
            for name, value in cookies
            if name.startswith("__client") and not name.startswith("__client_uat")
        )

    def enrol(self):
        """Sets up an authenticator; its secret and the backup codes."""
        secret = self.own("POST", "/v1/me/totp")["secret"]
        done = self.own("POST", "/v1/me/totp/attempt_verification", code=totp(secret))
        assert done["verified"] is True
        return secret, done["backup_codes"]

    def connect(self, provider, **person):
        """Connects an account at a provider, by its page."""
        done = f"{HOME}/done"
        account = self.own(
            "POST", "/v1/me/external_accounts", strategy=f"oauth_{provider}", redirect_url=done
        )
        page = account["verification"]["external_verification_redirect_url"]
        back = self.http.post(page, data={**person, "verified": "yes"})
        assert self.http.get(back.headers["location"]).headers["location"] == done

    def grant(self, application):
        """A token that the user gives an application."""
        query = {"response_type": "code", "client_id": application.client_id}
        granted = self.http.get(f"{FRONTEND}/oauth/authorize", params=query)
        (code,) = parse_qs(urlsplit(granted.headers["location"]).query)["code"]
        form = {
            "grant_type": "authorization_code",
            "client_id": application.client_id,
            "client_secret": application.client_secret,
            "code": code,
        }
        return self.http.post(f"{FRONTEND}/oauth/token", data=form).json()["access_token"]

    def shake_hands(self):
        """Cookies that the application is told to set in a handshake, by name."""
        query = {
            "redirect_url": f"{HOME}/",
            "suffixed_cookies": "true",
            "__clerk_hs_reason": "session-token-expired",
        }
        answer = self.http.get(
            f"{FRONTEND}/v1/client/handshake",
            params=query,
            headers={"sec-fetch-site": "same-origin"},
        )
        assert answer.status_code == 307, answer.text
        directives = claims(self.cookie("__clerk_handshake"))["handshake"]
        pairs = (line.split(";")[0].split("=", 1) for line in directives)
        return dict(pairs)


def totp(secret, later=0):
    """What an authenticator shows now, or periods of 30 seconds later."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step = int(time.time()) // 30 + later
    tag = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = tag[19] & 15
    number = int.from_bytes(tag[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
