"""Sessions, tokens, keys and machines."""

from clerk_backend_api import Clerk

from harness import BACKEND, Scenario, address, clerk, new_user, unique

sessions = Scenario("sessions")
step = sessions.step


@step("createSession")
def create(s):
    s.user = new_user()
    s.session = clerk.sessions.create(request={"user_id": s.user.id})


@step("GetSession")
def get(s):
    assert clerk.sessions.get(session_id=s.session.id).user_id == s.user.id


@step("GetSessionList")
def list_(s):
    found = clerk.sessions.list(user_id=s.user.id, status="active")
    assert [one.id for one in found] == [s.session.id]


@step("CreateSessionToken")
def create_token(s):
    token = clerk.sessions.create_token(session_id=s.session.id, expires_in_seconds=60)
    assert token.jwt.count(".") == 2


@step("CreateJWTTemplate")
def create_template(s):
    request = {"name": unique("template"), "claims": {"mail": "{{user.primary_email_address}}"}}
    s.template = clerk.jwt_templates.create(request=request)


@step("GetJWTTemplate")
def get_template(s):
    assert clerk.jwt_templates.get(template_id=s.template.id).name == s.template.name


@step("ListJWTTemplates")
def list_templates(s):
    assert s.template.id in [one.id for one in clerk.jwt_templates.list()]


@step("UpdateJWTTemplate")
def update_template(s):
    changed = clerk.jwt_templates.update(
        template_id=s.template.id, name=s.template.name, claims={"kind": "py"}, lifetime=120
    )
    assert changed.lifetime == 120


@step("CreateSessionTokenFromTemplate")
def create_token_from_template(s):
    token = clerk.sessions.create_token_from_template(
        session_id=s.session.id, template_name=s.template.name
    )
    assert token.jwt.count(".") == 2


@step("DeleteJWTTemplate")
def delete_template(s):
    assert clerk.jwt_templates.delete(template_id=s.template.id).deleted is True


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
    assert clerk.testing_tokens.create().token


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


machines = Scenario("machines")
step = machines.step


@step("CreateMachine")
def create_machine(s):
    s.machine = clerk.machines.create(request={"name": "Sender", "default_token_ttl": 600})
    s.other = clerk.machines.create(request={"name": "Receiver"})


@step("GetMachine")
def get_machine(s):
    assert clerk.machines.get(machine_id=s.machine.id).name == "Sender"


@step("ListMachines")
def list_machines(s):
    assert s.machine.id in [one.id for one in clerk.machines.list(limit=100).data]


@step("UpdateMachine")
def update_machine(s):
    assert clerk.machines.update(machine_id=s.machine.id, name="Courier").name == "Courier"


@step("CreateMachineScope")
def create_machine_scope(s):
    scope = clerk.machines.create_scope(machine_id=s.machine.id, to_machine_id=s.other.id)
    assert scope.to_machine_id == s.other.id


@step("GetMachineSecretKey")
def get_machine_secret_key(s):
    s.secret = clerk.machines.get_secret_key(machine_id=s.machine.id).secret
    # The SDK asks for tokens in the name of the machine.
    s.courier = Clerk(bearer_auth=s.secret, server_url=f"{BACKEND}/v1", retry_config=None)


@step("createM2MToken")
def create_m2m_token(s):
    s.token = s.courier.m2m.create_token(seconds_until_expiration=300, claims={"job": "nightly"})
    assert s.token.token.startswith("mt_")


@step("verifyM2MToken")
def verify_m2m_token(s):
    assert clerk.m2m.verify_token(token=s.token.token).subject == s.machine.id


@step("getM2MTokens")
def get_m2m_tokens(s):
    page = clerk.m2m.list_tokens(subject=s.machine.id)
    assert s.token.id in [one.id for one in page.m2m_tokens]


@step("revokeM2MToken")
def revoke_m2m_token(s):
    assert clerk.m2m.revoke_token(m2m_token_id=s.token.id).revoked is True


@step("DeleteMachineScope")
def delete_machine_scope(s):
    gone = clerk.machines.delete_scope(machine_id=s.machine.id, other_machine_id=s.other.id)
    assert gone.to_machine_id == s.other.id


@step("RotateMachineSecretKey")
def rotate_machine_secret_key(s):
    rotated = clerk.machines.rotate_secret_key(machine_id=s.machine.id, previous_token_ttl=0)
    assert rotated.secret != s.secret


@step("DeleteMachine")
def delete_machine(s):
    assert clerk.machines.delete(machine_id=s.other.id).id == s.other.id


applications = Scenario("oauth applications")
step = applications.step


@step("CreateOAuthApplication")
def create_application(s):
    s.application = clerk.oauth_applications.create(
        request={"name": unique("App"), "redirect_uris": ["https://app.example/callback"]}
    )


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


@step("RotateOAuthApplicationSecret")
def rotate_application_secret(s):
    rotated = clerk.oauth_applications.rotate_secret(oauth_application_id=s.application.id)
    assert rotated.client_secret


@step("DeleteOAuthApplication")
def delete_application(s):
    gone = clerk.oauth_applications.delete(oauth_application_id=s.application.id)
    assert gone.deleted is True


ALL = [sessions, tokens, machines, applications]
