"""Keys and machines."""

from clerk_backend_api import Clerk

from harness import BACKEND, Scenario, clerk, new_user, refused

keys = Scenario("api keys")
step = keys.step


@step("createApiKey")
def create_key(s):
    s.user = new_user()
    s.key = clerk.api_keys.create_api_key(
        name="Deploy",
        subject=s.user.id,
        claims={"env": "test"},
        scopes=["deploy"],
        seconds_until_expiration=3600,
    )
    assert s.key.secret.startswith("ak_")
    assert (s.key.subject, s.key.claims, s.key.scopes) == (s.user.id, {"env": "test"}, ["deploy"])


@step("getApiKey")
def get_key(s):
    assert clerk.api_keys.get_api_key(api_key_id=s.key.id).name == "Deploy"


@step("getApiKeys")
def list_keys(s):
    page = clerk.api_keys.get_api_keys(subject=s.user.id)
    assert ([one.id for one in page.data], page.total_count) == ([s.key.id], 1)


@step("getApiKeySecret")
def get_key_secret(s):
    assert clerk.api_keys.get_api_key_secret(api_key_id=s.key.id).secret == s.key.secret


@step("updateApiKey")
def update_key(s):
    changed = clerk.api_keys.update_api_key(api_key_id=s.key.id, description="For releases")
    assert (changed.description, changed.claims) == ("For releases", {"env": "test"})


@step("verifyApiKey")
def verify_key(s):
    found = clerk.api_keys.verify_api_key(secret=s.key.secret)
    assert (found.id, found.subject) == (s.key.id, s.user.id)


@step("revokeApiKey")
def revoke_key(s):
    revoked = clerk.api_keys.revoke_api_key(api_key_id=s.key.id, revocation_reason="over")
    assert (revoked.revoked, revoked.revocation_reason) == (True, "over")


@step("deleteApiKey")
def delete_key(s):
    assert clerk.api_keys.delete_api_key(api_key_id=s.key.id).id == s.key.id
    refused(
        lambda: clerk.api_keys.get_api_key(api_key_id=s.key.id), 404, "resource_not_found"
    )


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


ALL = [keys, machines]
