"""Organizations, their members, invitations, domains, roles and permissions."""

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
    assert clerk.organizations.get_billing_subscription(organization_id=s.id).id


@step("GetOrganizationBillingCreditBalance")
def billing_credit_balance(s):
    assert clerk.organizations.get_billing_credit_balance(organization_id=s.id) is not None


@step("AdjustOrganizationBillingCreditBalance")
def adjust_billing_credit_balance(s):
    adjusted = clerk.organizations.adjust_billing_credit_balance(
        organization_id=s.id,
        amount=500,
        action="increase",
        idempotency_key=unique("credit-"),
        note="welcome",
    )
    assert adjusted is not None


@step("DeleteOrganization")
def delete(s):
    assert clerk.organizations.delete(organization_id=s.id).deleted is True


roles = Scenario("roles")
step = roles.step


@step("CreateOrganizationPermission")
def create_permission(s):
    s.permission = clerk.organization_permissions.create(
        name="Read invoices", key=f"org:{unique('invoices')}:read", description="May see them"
    )


@step("GetOrganizationPermission")
def get_permission(s):
    found = clerk.organization_permissions.get(permission_id=s.permission.id)
    assert found.key == s.permission.key


@step("ListOrganizationPermissions")
def list_permissions(s):
    page = clerk.organization_permissions.list(limit=100)
    assert s.permission.id in [one.id for one in page.data]


@step("UpdateOrganizationPermission")
def update_permission(s):
    changed = clerk.organization_permissions.update(permission_id=s.permission.id, name="See")
    assert changed.name == "See"


@step("CreateOrganizationRole")
def create_role(s):
    s.role = clerk.organization_roles.create(
        name="Clerk", key=f"org:{unique('clerk')}", description="Writes"
    )


@step("AssignPermissionToOrganizationRole")
def assign_permission(s):
    role = clerk.organization_roles.assign_permission(
        organization_role_id=s.role.id, permission_id=s.permission.id
    )
    assert s.permission.id in [one.id for one in role.permissions]


@step("GetOrganizationRole")
def get_role(s):
    assert clerk.organization_roles.get(organization_role_id=s.role.id).key == s.role.key


@step("ListOrganizationRoles")
def list_roles(s):
    assert "org:admin" in [one.key for one in clerk.organization_roles.list(limit=100).data]


@step("UpdateOrganizationRole")
def update_role(s):
    changed = clerk.organization_roles.update(organization_role_id=s.role.id, name="Scribe")
    assert changed.name == "Scribe"


@step("RemovePermissionFromOrganizationRole")
def remove_permission(s):
    role = clerk.organization_roles.remove_permission(
        organization_role_id=s.role.id, permission_id=s.permission.id
    )
    assert s.permission.id not in [one.id for one in role.permissions]


@step("CreateRoleSet")
def create_role_set(s):
    s.set = clerk.role_sets.create(
        name="Offices",
        key=f"role_set:{unique('offices')}",
        default_role_key="org:member",
        creator_role_key="org:admin",
        roles=["org:admin", "org:member"],
    )


@step("GetRoleSet")
def get_role_set(s):
    assert clerk.role_sets.get(role_set_key_or_id=s.set.key).id == s.set.id


@step("ListRoleSets")
def list_role_sets(s):
    s.sets = clerk.role_sets.list(limit=100).data
    assert s.set.id in [one.id for one in s.sets]


@step("UpdateRoleSet")
def update_role_set(s):
    changed = clerk.role_sets.update(role_set_key_or_id=s.set.id, name="Bureaus")
    assert changed.name == "Bureaus"


@step("AddRolesToRoleSet")
def add_roles(s):
    changed = clerk.role_sets.add_roles(role_set_key_or_id=s.set.id, role_keys=[s.role.key])
    assert s.role.key in [one.key for one in changed.roles]


@step("ReplaceRoleInRoleSet")
def replace_role(s):
    changed = clerk.role_sets.replace_role(
        role_set_key_or_id=s.set.id, role_key=s.role.key, to_role_key="org:member"
    )
    assert s.role.key not in [one.key for one in changed.roles]


@step("ReplaceRoleSet")
def replace_role_set(s):
    other = next(one for one in s.sets if one.id != s.set.id)
    gone = clerk.role_sets.replace(role_set_key_or_id=s.set.id, dest_role_set_key=other.key)
    assert gone.deleted is True


@step("DeleteOrganizationRole")
def delete_role(_):
    spare = clerk.organization_roles.create(name="Spare", key=f"org:{unique('spare')}")
    assert clerk.organization_roles.delete(organization_role_id=spare.id).deleted is True


@step("DeleteOrganizationPermission")
def delete_permission(s):
    assert clerk.organization_permissions.delete(permission_id=s.permission.id).deleted is True


ALL = [organizations, roles]
