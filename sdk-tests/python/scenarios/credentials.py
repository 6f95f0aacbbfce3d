"""Sessions and tokens."""

import time

from browser import Browser
from harness import FRONTEND, HOME, Scenario, address, claims, clerk, new_user, refused, unique

sessions = Scenario("sessions")
step = sessions.step


@step("createSession")
def create(s):
    s.user = new_user()
    s.session = clerk.sessions.create(request={"user_id": s.user.id})
    assert (s.session.user_id, s.session.status) == (s.user.id, "active")


@step("GetSession")
def get(s):
    assert clerk.sessions.get(session_id=s.session.id).user_id == s.user.id


@step("GetSessionList")
def list_(s):
    found = clerk.sessions.list(user_id=s.user.id, status="active")
    assert [one.id for one in found] == [s.session.id]


@step("CreateSessionToken")
def create_token(s):
    token = clerk.sessions.create_token(session_id=s.session.id, expires_in_seconds=90)
    said = claims(token.jwt)
    assert (said["sub"], said["exp"] - said["iat"]) == (s.user.id, 90)


@step("CreateJWTTemplate")
def create_template(s):
    # The SDK's type for claims has no fields, so none get through.
    request = {"name": unique("template"), "claims": {}, "lifetime": 90}
    s.template = clerk.jwt_templates.create(request=request)
    assert (s.template.name, s.template.lifetime) == (request["name"], 90)


@step("GetJWTTemplate")
def get_template(s):
    assert clerk.jwt_templates.get(template_id=s.template.id).name == s.template.name


@step("ListJWTTemplates")
def list_templates(s):
    assert s.template.id in [one.id for one in clerk.jwt_templates.list()]


@step("UpdateJWTTemplate")
def update_template(s):
    changed = clerk.jwt_templates.update(
        template_id=s.template.id, name=s.template.name, claims={}, lifetime=120
    )
    assert changed.lifetime == 120


@step("CreateSessionTokenFromTemplate")
def create_token_from_template(s):
    token = clerk.sessions.create_token_from_template(
        session_id=s.session.id, template_name=s.template.name
    )
    said = claims(token.jwt)
    assert (said["sub"], said["exp"] - said["iat"]) == (s.user.id, 120)


@step("DeleteJWTTemplate")
def delete_template(s):
    assert clerk.jwt_templates.delete(template_id=s.template.id).deleted is True


@step("RefreshSession")
def refresh(s):
    browser = Browser()
    cookies = browser.shake_hands()
    wanted = {
        "session_id": browser.session["id"],
        "expired_token": cookies["__session"],
        "refresh_token": next(cookies[name] for name in cookies if name.startswith("__refresh")),
        "request_headers": {"host": ["app.example"]},
    }
    token = clerk.sessions.refresh(request_origin=HOME, **wanted)
    said = claims(token.jwt)
    assert (said["sid"], said["azp"]) == (wanted["session_id"], HOME)
    refused(
        lambda: clerk.sessions.refresh(request_origin="https://elsewhere.example", **wanted),
        401,
        "request_origin_invalid",
    )


@step("RevokeSession")
def revoke(s):
    assert clerk.sessions.revoke(session_id=s.session.id).status == "revoked"


tokens = Scenario("tokens")
step = tokens.step


@step("CreateSignInToken")
def create_sign_in_token(s):
    s.user = new_user()
    s.token = clerk.sign_in_tokens.create(
        request={"user_id": s.user.id, "expires_in_seconds": 600}
    )
    assert s.token.status == "pending"


@step("RevokeSignInToken")
def revoke_sign_in_token(s):
    assert clerk.sign_in_tokens.revoke(sign_in_token_id=s.token.id).status == "revoked"


@step("CreateActorToken")
def create_actor_token(s):
    admin = new_user()
    s.actor = clerk.actor_tokens.create(
        request={"user_id": s.user.id, "actor": {"sub": admin.id}, "expires_in_seconds": 600}
    )
    assert s.actor.user_id == s.user.id


@step("RevokeActorToken")
def revoke_actor_token(s):
    assert clerk.actor_tokens.revoke(actor_token_id=s.actor.id).status == "revoked"


@step("CreateTestingToken")
def create_testing_token(_):
    made = clerk.testing_tokens.create()
    # In seconds, as Clerk has it.
    assert made.token and made.expires_at > time.time()


@step("CreateAgentTask")
def create_agent_task(s):
    s.task = clerk.agent_tasks.create(
        request={
            "on_behalf_of": {"user_id": s.user.id},
            "permissions": "*",
            "agent_name": "Tests",
            "task_description": "Look around",
            "redirect_url": HOME,
        }
    )
    assert s.task.url.startswith(FRONTEND)


@step("RevokeAgentTask")
def revoke_agent_task(s):
    revoked = clerk.agent_tasks.revoke(agent_task_id=s.task.agent_task_id)
    assert revoked.agent_task_id == s.task.agent_task_id


@step("CreateInvitation")
def create_invitation(s):
    s.invitation = clerk.invitations.create(request={"email_address": address()})
    assert s.invitation.status == "pending"


@step("CreateBulkInvitations")
def create_invitations(_):
    wanted = [{"email_address": address()}, {"email_address": address()}]
    assert len(clerk.invitations.bulk_create(request=wanted)) == 2


@step("ListInvitations")
def list_invitations(s):
    found = clerk.invitations.list(status="pending", limit=100)
    assert s.invitation.id in [one.id for one in found]


@step("RevokeInvitation")
def revoke_invitation(s):
    assert clerk.invitations.revoke(invitation_id=s.invitation.id).status == "revoked"


clients = Scenario("clients")
step = clients.step


@step("GetClientList")
def list_clients(s):
    s.browser = Browser()
    s.client_id = clerk.sessions.get(session_id=s.browser.session["id"]).client_id
    assert s.client_id in [one.id for one in clerk.clients.list(limit=100)]


@step("GetClient")
def get_client(s):
    assert clerk.clients.get(client_id=s.client_id).session_ids == [s.browser.session["id"]]


@step("VerifyClient")
def verify_client(s):
    client = clerk.clients.verify(request={"token": s.browser.secret()})
    assert client.last_active_session_id == s.browser.session["id"]


@step("GetSignUp")
def get_sign_up(s):
    s.email = address()
    s.sign_up = s.browser.new_sign_up(s.email)
    found = clerk.sign_ups.get(id=s.sign_up["id"])
    assert (found.email_address, found.status) == (s.email, "missing_requirements")


@step("UpdateSignUp")
def update_sign_up(s):
    wanted = unique("crm-")
    assert clerk.sign_ups.update(id=s.sign_up["id"], external_id=wanted).external_id == wanted


ALL = [sessions, tokens, clients]
