"""Organizations, their members, invitations, domains."""

from harness import Scenario, address, clerk, new_user, refused, unique
from scenarios.users import PICTURE

organizations = Scenario("organizations")
step = organizations.step


@step("CreateOrganization")
def create(s):
    s.ada = new_user()
    s.grace = new_user()
    s.slug = unique("acme-")
    request = {"name": "Acme", "slug": s.slug, "created_by": s.ada.id}
    s.acme = clerk.organizations.create(request=request)
    s.id = s.acme.id


@step("GetOrganization")
def get(s):
    found = clerk.organizations.get(organization_id=s.slug, include_members_count=True)
    assert (found.id, found.members_count) == (s.id, 1)


@step("ListOrganizations")
def list_(s):
    page = clerk.organizations.list(query=s.slug, include_members_count=True)
    assert [one.id for one in page.data] == [s.id]


@step("UpdateOrganization")
def update(s):
    changed = clerk.organizations.update(organization_id=s.id, name="Acme Inc")
    assert changed.name == "Acme Inc"


@step("MergeOrganizationMetadata")
def merge_metadata(s):
    changed = clerk.organizations.merge_metadata(organization_id=s.id, public_metadata={"a": 1})
    assert changed.public_metadata == {"a": 1}


@step("ReplaceOrganizationMetadata")
def replace_metadata(s):
    changed = clerk.organizations.replace_metadata(organization_id=s.id, public_metadata={"b": 2})
    assert changed.public_metadata == {"b": 2}


@step("UploadOrganizationLogo")
def upload_logo(s):
    logo = {"file_name": "a.png", "content": PICTURE, "content_type": "image/png"}
    assert clerk.organizations.upload_logo(organization_id=s.id, file=logo).has_image is True


@step("DeleteOrganizationLogo")
def delete_logo(s):
    assert clerk.organizations.delete_logo(organization_id=s.id).has_image is False


@step("CreateOrganizationMembership")
def create_membership(s):
    def join():
        return clerk.organization_memberships.create(
            organization_id=s.id, user_id=s.grace.id, role="org:member"
        )

    assert join().public_user_data.user_id == s.grace.id
    refused(join, 400, "already_a_member_in_organization")


@step("ListOrganizationMemberships")
def list_memberships(s):
    page = clerk.organization_memberships.list(organization_id=s.id, role=["org:member"])
    assert [one.public_user_data.user_id for one in page.data] == [s.grace.id]


@step("UpdateOrganizationMembership")
def update_membership(s):
    changed = clerk.organization_memberships.update(
        organization_id=s.id, user_id=s.grace.id, role="org:admin"
    )
    assert changed.role == "org:admin"


@step("UpdateOrganizationMembershipMetadata")
def update_membership_metadata(s):
    changed = clerk.organization_memberships.update_metadata(
        organization_id=s.id, user_id=s.grace.id, public_metadata={"desk": 4}
    )
    assert changed.public_metadata == {"desk": 4}


@step("DeleteOrganizationMembership")
def delete_membership(s):
    gone = clerk.organization_memberships.delete(organization_id=s.id, user_id=s.grace.id)
    assert gone.public_user_data.user_id == s.grace.id


@step("CreateOrganizationInvitation")
def create_invitation(s):
    s.invitation = clerk.organization_invitations.create(
        organization_id=s.id,
        email_address=address(),
        role="org:member",
        inviter_user_id=s.ada.id,
    )
    assert s.invitation.status == "pending"


@step("CreateOrganizationInvitationBulk")
def create_invitations(s):
    wanted = [
        {"email_address": address(), "role": "org:member", "inviter_user_id": s.ada.id}
        for _ in range(2)
    ]
    made = clerk.organization_invitations.bulk_create(organization_id=s.id, request_body=wanted)
    assert len(made.data) == 2


@step("ListOrganizationInvitations")
def list_invitations(s):
    page = clerk.organization_invitations.list(organization_id=s.id, status="pending")
    assert s.invitation.id in [one.id for one in page.data]


@step("ListPendingOrganizationInvitations")
def list_pending_invitations(s):
    page = clerk.organization_invitations.list_pending(organization_id=s.id)
    assert s.invitation.id in [one.id for one in page.data]


@step("ListInstanceOrganizationInvitations")
def list_all_invitations(s):
    page = clerk.organization_invitations.get_all(status="pending", limit=100)
    assert s.invitation.id in [one.id for one in page.data]


@step("GetOrganizationInvitation")
def get_invitation(s):
    found = clerk.organization_invitations.get(
        organization_id=s.id, invitation_id=s.invitation.id
    )
    assert found.email_address == s.invitation.email_address


@step("RevokeOrganizationInvitation")
def revoke_invitation(s):
    revoked = clerk.organization_invitations.revoke(
        organization_id=s.id, invitation_id=s.invitation.id, requesting_user_id=s.ada.id
    )
    assert revoked.status == "revoked"


@step("CreateOrganizationDomain")
def create_domain(s):
    s.domain = clerk.organization_domains.create(
        organization_id=s.id,
        name=f"{unique('d')}.example",
        enrollment_mode="automatic_invitation",
        verified=True,
    )
    assert s.domain.enrollment_mode == "automatic_invitation"


@step("ListOrganizationDomains")
def list_domains(s):
    page = clerk.organization_domains.list(organization_id=s.id)
    assert [one.id for one in page.data] == [s.domain.id]


@step("ListAllOrganizationDomains")
def list_all_domains(s):
    page = clerk.organization_domains.list_all(organization_id=s.id)
    assert [one.id for one in page.data] == [s.domain.id]


@step("UpdateOrganizationDomain")
def update_domain(s):
    changed = clerk.organization_domains.update(
        organization_id=s.id, domain_id=s.domain.id, enrollment_mode="automatic_suggestion"
    )
    assert changed.enrollment_mode == "automatic_suggestion"


@step("VerifyOrganizationDomainOwnership")
def verify_domain_ownership(s):
    verified = clerk.organization_domains.verify_ownership(
        organization_id=s.id, domain_id=s.domain.id
    )
    assert verified.id == s.domain.id


@step("DeleteOrganizationDomain")
def delete_domain(s):
    gone = clerk.organization_domains.delete(organization_id=s.id, domain_id=s.domain.id)
    assert gone.deleted is True


@step("GetOrganizationBillingSubscription")
def billing_subscription(s):
    subscription = clerk.organizations.get_billing_subscription(organization_id=s.id)
    assert [item.plan.slug for item in subscription.subscription_items] == ["starter"]


@step("GetOrganizationBillingCreditBalance")
def billing_credit_balance(s):
    found = clerk.organizations.get_billing_credit_balance(organization_id=s.id)
    assert found.balance.amount == 0


@step("AdjustOrganizationBillingCreditBalance")
def adjust_billing_credit_balance(s):
    adjusted = clerk.organizations.adjust_billing_credit_balance(
        organization_id=s.id,
        amount=500,
        action="increase",
        idempotency_key=unique("credit-"),
        note="welcome",
    )
    assert adjusted.note == "welcome"
    found = clerk.organizations.get_billing_credit_balance(organization_id=s.id)
    assert found.balance.amount == 500


@step("DeleteOrganization")
def delete(s):
    assert clerk.organizations.delete(organization_id=s.id).deleted is True


ALL = [organizations]
