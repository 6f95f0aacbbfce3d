"""Roles, permissions and role sets."""

from harness import Scenario, clerk, unique

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


ALL = [roles]
