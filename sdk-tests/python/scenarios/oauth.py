"""Applications of others, and their tokens."""

from browser import Browser
from harness import Scenario, clerk, refused, unique
from scenarios.users import PICTURE

applications = Scenario("oauth applications")
step = applications.step


@step("CreateOAuthApplication")
def create_application(s):
    s.application = clerk.oauth_applications.create(
        request={"name": unique("App"), "redirect_uris": ["https://app.example/callback"]}
    )
    assert s.application.redirect_uris == ["https://app.example/callback"]


@step("GetOAuthApplication")
def get_application(s):
    found = clerk.oauth_applications.get(oauth_application_id=s.application.id)
    assert found.client_id == s.application.client_id


@step("ListOAuthApplications")
def list_applications(s):
    page = clerk.oauth_applications.list(limit=100)
    assert s.application.id in [one.id for one in page.data]


@step("UpdateOAuthApplication")
def update_application(s):
    changed = clerk.oauth_applications.update(
        oauth_application_id=s.application.id, name="Renamed"
    )
    assert changed.name == "Renamed"


@step("UploadOAuthApplicationLogo")
def upload_application_logo(s):
    logo = {"file_name": "a.png", "content": PICTURE, "content_type": "image/png"}
    changed = clerk.oauth_applications.upload_logo(
        oauth_application_id=s.application.id, file=logo
    )
    # Its type has no field for the picture.
    assert (changed.id, changed.name) == (s.application.id, "Renamed")


@step("RotateOAuthApplicationSecret")
def rotate_application_secret(s):
    rotated = clerk.oauth_applications.rotate_secret(oauth_application_id=s.application.id)
    assert rotated.client_secret not in (None, s.application.client_secret)


@step("DeleteOAuthApplication")
def delete_application(s):
    gone = clerk.oauth_applications.delete(oauth_application_id=s.application.id)
    assert gone.deleted is True


tokens = Scenario("tokens of oauth applications")
step = tokens.step


def not_good(token):
    """Fails where the token opens anything."""
    refused(
        lambda: clerk.oauth_access_tokens.verify(access_token=token), 404, "resource_not_found"
    )


@step("verifyOAuthAccessToken")
def verify_token(s):
    s.browser = Browser()
    s.application = clerk.oauth_applications.create(
        request={
            "name": unique("App"),
            "redirect_uris": ["https://app.example/callback"],
            "consent_screen_enabled": False,
        }
    )
    s.token = s.browser.grant(s.application)
    found = clerk.oauth_access_tokens.verify(access_token=s.token)
    assert (found.client_id, found.subject) == (s.application.client_id, s.browser.user_id)
    assert (found.revoked, found.expired) == (False, False)
    clerk.users.ban(user_id=s.browser.user_id)
    not_good(s.token)
    clerk.users.unban(user_id=s.browser.user_id)


@step("RevokeOAuthApplicationToken")
def revoke_token(s):
    clerk.oauth_applications.revoke_token(
        oauth_application_id=s.application.id, token=s.token
    )
    not_good(s.token)


ALL = [applications, tokens]
