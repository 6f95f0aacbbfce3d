"""The instance and its lists."""

from harness import HOME, Scenario, address, clerk, unique

instance = Scenario("instance")
step = instance.step


@step("GetJWKS")
def jwks(_):
    assert clerk.jwks.get_jwks().keys[0].kid.startswith("ins_")


@step("GetInstance")
def get(_):
    found = clerk.instance_settings.get()
    assert found.id.startswith("ins_")
    assert found.environment_type == "production"


@step("UpdateInstance")
def update(_):
    wanted = [HOME, "https://app.example"]
    clerk.instance_settings.update(request={"allowed_origins": wanted})
    assert clerk.instance_settings.get().allowed_origins == wanted


@step("UpdateInstanceRestrictions")
def update_restrictions(_):
    request = {"block_email_subaddresses": False}
    changed = clerk.instance_settings.update_restrictions(request=request)
    assert changed.block_email_subaddresses is False


@step("GetInstanceOrganizationSettings")
def organization_settings(_):
    assert clerk.instance_settings.get_organization_settings().enabled is True


@step("UpdateInstanceOrganizationSettings")
def update_organization_settings(_):
    request = {"max_allowed_memberships": 60}
    changed = clerk.instance_settings.update_organization_settings(request=request)
    assert changed.max_allowed_memberships == 60


@step("GetInstanceCommunication")
def communication(_):
    assert clerk.instance_settings.get_communication().blocked_country_codes == []


@step("UpdateInstanceCommunication")
def update_communication(_):
    request = {"blocked_country_codes": ["AQ"]}
    changed = clerk.instance_settings.update_communication(request=request)
    assert changed.blocked_country_codes == ["AQ"]
    assert clerk.instance_settings.get_communication() == changed


@step("GetInstanceOAuthApplicationSettings")
def oauth_settings(_):
    found = clerk.instance_settings.get_o_auth_application_settings()
    assert found.dynamic_oauth_client_registration is False


@step("UpdateInstanceOAuthApplicationSettings")
def update_oauth_settings(_):
    request = {"dynamic_oauth_client_registration": True}
    changed = clerk.instance_settings.update_o_auth_application_settings(request=request)
    assert changed.dynamic_oauth_client_registration is True
    assert clerk.instance_settings.get_o_auth_application_settings() == changed


@step("GetInstanceProtect")
def protect(_):
    found = clerk.instance_settings.get_instance_protect()
    assert (found.rules_enabled, found.specter_enabled) == (False, False)


@step("UpdateInstanceProtect")
def update_protect(_):
    request = {"rules_enabled": False}
    assert clerk.instance_settings.update_instance_protect(request=request).rules_enabled is False


@step("UpdateInstanceAuthConfig")
def update_auth_config(_):
    request = {"restricted_to_allowlist": False}
    changed = clerk.beta_features.update_instance_settings(request=request)
    assert (changed.restricted_to_allowlist, changed.progressive_sign_up) == (False, True)


@step("CreateAllowlistIdentifier")
def allow(s):
    request = {"identifier": address(), "notify": False}
    s.allowed = clerk.allowlist_identifiers.create(request=request)
    assert s.allowed.identifier == request["identifier"]


@step("ListAllowlistIdentifiers")
def list_allowed(s):
    assert s.allowed.id in [one.id for one in clerk.allowlist_identifiers.list()]


@step("DeleteAllowlistIdentifier")
def disallow(s):
    assert clerk.allowlist_identifiers.delete(identifier_id=s.allowed.id).deleted is True


@step("CreateBlocklistIdentifier")
def block(s):
    request = {"identifier": f"*@{unique('spam')}.example"}
    s.blocked = clerk.blocklist_identifiers.create(request=request)
    assert s.blocked.identifier == request["identifier"]


@step("ListBlocklistIdentifiers")
def list_blocked(s):
    assert s.blocked.id in [one.id for one in clerk.blocklist_identifiers.list().data]


@step("DeleteBlocklistIdentifier")
def unblock(s):
    assert clerk.blocklist_identifiers.delete(identifier_id=s.blocked.id).deleted is True


@step("CreateRedirectURL")
def create_redirect(s):
    s.redirect = clerk.redirect_urls.create(request={"url": "https://py.example/callback"})
    assert s.redirect.url == "https://py.example/callback"


@step("GetRedirectURL")
def get_redirect(s):
    assert clerk.redirect_urls.get(id=s.redirect.id).url == "https://py.example/callback"


@step("ListRedirectURLs")
def list_redirects(s):
    assert s.redirect.id in [one.id for one in clerk.redirect_urls.list()]


@step("DeleteRedirectURL")
def delete_redirect(s):
    assert clerk.redirect_urls.delete(id=s.redirect.id).deleted is True


@step("ListDomains")
def list_domains(s):
    (s.domain,) = clerk.domains.list().data
    assert s.domain.is_satellite is False


@step("CreateWaitlistEntry")
def create_entry(s):
    s.entry = clerk.waitlist_entries.create(request={"email_address": address()})
    assert s.entry.status == "pending"


@step("ListWaitlistEntries")
def list_entries(s):
    page = clerk.waitlist_entries.list(status="pending", limit=100)
    assert s.entry.id in [one.id for one in page.data]


@step("CreateBulkWaitlistEntries")
def create_entries(s):
    wanted = address()
    (s.more,) = clerk.waitlist_entries.bulk_create(request=[{"email_address": wanted}])
    assert s.more.email_address == wanted


@step("InviteWaitlistEntry")
def invite_entry(s):
    assert clerk.waitlist_entries.invite(waitlist_entry_id=s.entry.id).status == "invited"


@step("RejectWaitlistEntry")
def reject_entry(s):
    assert clerk.waitlist_entries.reject(waitlist_entry_id=s.more.id).status == "rejected"


@step("DeleteWaitlistEntry")
def delete_entry(_):
    entry = clerk.waitlist_entries.create(request={"email_address": address()})
    assert clerk.waitlist_entries.delete(waitlist_entry_id=entry.id).deleted is True


@step("CreateSvixApp")
def create_svix_app(_):
    assert clerk.webhooks.create_svix_app().svix_url.startswith(f"{HOME}/console")


@step("GenerateSvixAuthURL")
def svix_url(_):
    assert clerk.webhooks.generate_svix_auth_url().svix_url.startswith(f"{HOME}/console")


@step("DeleteSvixApp")
def delete_svix_app(_):
    assert clerk.webhooks.delete_svix_app() is None


ALL = [instance]
