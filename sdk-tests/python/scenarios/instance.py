"""The instance, its lists and its billing."""

from harness import HOME, Scenario, address, clerk, new_user, unique

instance = Scenario("instance")
step = instance.step


@step("GetJWKS")
def jwks(_):
    assert clerk.jwks.get_jwks().keys[0].kid.startswith("ins_")


@step("GetInstance")
def get(_):
    assert clerk.instance_settings.get().id.startswith("ins_")


@step("UpdateInstance")
def update(_):
    clerk.instance_settings.update(request={"allowed_origins": [HOME]})


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
    assert clerk.instance_settings.get_communication() is not None


@step("UpdateInstanceCommunication")
def update_communication(_):
    request = {"blocked_country_codes": ["AQ"]}
    assert clerk.instance_settings.update_communication(request=request) is not None


@step("GetInstanceOAuthApplicationSettings")
def oauth_settings(_):
    assert clerk.instance_settings.get_o_auth_application_settings() is not None


@step("UpdateInstanceOAuthApplicationSettings")
def update_oauth_settings(_):
    request = {"dynamic_oauth_client_registration": False}
    changed = clerk.instance_settings.update_o_auth_application_settings(request=request)
    assert changed is not None


@step("GetInstanceProtect")
def protect(_):
    assert clerk.instance_settings.get_instance_protect() is not None


@step("UpdateInstanceProtect")
def update_protect(_):
    request = {"rules_enabled": False}
    assert clerk.instance_settings.update_instance_protect(request=request) is not None


@step("UpdateInstanceAuthConfig")
def update_auth_config(_):
    request = {"restricted_to_allowlist": False}
    assert clerk.beta_features.update_instance_settings(request=request) is not None


@step("CreateAllowlistIdentifier")
def allow(s):
    request = {"identifier": address(), "notify": False}
    s.allowed = clerk.allowlist_identifiers.create(request=request)


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


@step("ListBlocklistIdentifiers")
def list_blocked(s):
    assert s.blocked.id in [one.id for one in clerk.blocklist_identifiers.list().data]


@step("DeleteBlocklistIdentifier")
def unblock(s):
    assert clerk.blocklist_identifiers.delete(identifier_id=s.blocked.id).deleted is True


@step("CreateRedirectURL")
def create_redirect(s):
    s.redirect = clerk.redirect_urls.create(request={"url": "https://py.example/callback"})


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


@step("ListWaitlistEntries")
def list_entries(s):
    page = clerk.waitlist_entries.list(status="pending", limit=100)
    assert s.entry.id in [one.id for one in page.data]


@step("CreateBulkWaitlistEntries")
def create_entries(s):
    s.more = clerk.waitlist_entries.bulk_create(request=[{"email_address": address()}])[0]


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
    assert clerk.webhooks.create_svix_app().svix_url


@step("GenerateSvixAuthURL")
def svix_url(_):
    assert clerk.webhooks.generate_svix_auth_url().svix_url


@step("DeleteSvixApp")
def delete_svix_app(_):
    clerk.webhooks.delete_svix_app()


@step("GetClientList")
def list_clients(_):
    assert clerk.clients.list(limit=10) is not None


@step("GetTemplateList")
def list_templates(s):
    s.templates = clerk.email_sms_templates.list(template_type="email")
    assert s.templates


@step("GetTemplate")
def get_template(s):
    slug = s.templates[0].slug
    assert clerk.email_sms_templates.get(template_type="email", slug=slug).slug == slug


@step("ToggleTemplateDelivery")
def toggle_template(s):
    slug = s.templates[0].slug
    changed = clerk.email_sms_templates.toggle_template_delivery(
        template_type="email", slug=slug, delivered_by_clerk=True
    )
    assert changed.slug == slug


billing = Scenario("billing")
step = billing.step


@step("GetCommercePlanList")
def list_plans(s):
    s.plans = clerk.billing.list_plans(payer_type="org").data
    assert "pro" in [plan.slug for plan in s.plans]


@step("GetBillingPriceList")
def list_prices(_):
    assert clerk.billing.list_prices() is not None


@step("CreateBillingPrice")
def create_price(s):
    plan = next(plan for plan in s.plans if plan.slug == "pro")
    price = clerk.billing.create_price(plan_id=plan.id, amount=4200, currency="usd")
    assert price.id


@step("GetCommerceSubscriptionItemList")
def list_subscription_items(s):
    user = new_user()
    organization = clerk.organizations.create(request={"name": "Payers", "created_by": user.id})
    clerk.organizations.get_billing_subscription(organization_id=organization.id)
    s.page = clerk.billing.list_subscription_items(include_free=True)
    assert s.page.data


@step("GetUserBillingSubscription")
def user_subscription(s):
    s.user = new_user()
    assert clerk.users.get_billing_subscription(user_id=s.user.id).id


@step("GetUserBillingCreditBalance")
def user_credits(s):
    assert clerk.users.get_billing_credit_balance(user_id=s.user.id) is not None


@step("AdjustUserBillingCreditBalance")
def adjust_user_credits(s):
    adjusted = clerk.users.adjust_billing_credit_balance(
        user_id=s.user.id, amount=100, action="increase", idempotency_key=unique("credit-")
    )
    assert adjusted is not None


@step("GetBillingStatementList")
def list_statements(_):
    assert clerk.billing.list_statements() is not None


ALL = [instance, billing]
