import assert from "node:assert/strict";
import { clerk } from "../client.mjs";
import { unique } from "../harness.mjs";

const roles = {
  name: "roles",
  steps: [
    ["CreateOrganizationPermission", "organizationPermissions.createOrganizationPermission",
      async (s) => {
        const key = `org:${unique("invoices")}:read`;
        s.permission = await clerk.organizationPermissions.createOrganizationPermission({
          name: "Read invoices",
          key,
          description: "May see them",
        });
        assert.equal(s.permission.key, key);
      }],
    ["GetOrganizationPermission", "organizationPermissions.getOrganizationPermission",
      async (s) => {
        const id = s.permission.id;
        const found = await clerk.organizationPermissions.getOrganizationPermission(id);
        assert.equal(found.key, s.permission.key);
      }],
    ["ListOrganizationPermissions", "organizationPermissions.getOrganizationPermissionList",
      async (s) => {
        const page = await clerk.organizationPermissions.getOrganizationPermissionList({
          query: s.permission.key,
        });
        assert.ok(page.data.some((one) => one.id === s.permission.id));
      }],
    ["UpdateOrganizationPermission", "organizationPermissions.updateOrganizationPermission",
      async (s) => {
        const changed = await clerk.organizationPermissions.updateOrganizationPermission({
          permissionId: s.permission.id,
          name: "See invoices",
        });
        assert.equal(changed.name, "See invoices");
      }],
    ["CreateOrganizationRole", "organizationRoles.createOrganizationRole", async (s) => {
      s.role = await clerk.organizationRoles.createOrganizationRole({
        name: "Clerk",
        key: `org:${unique("clerk")}`,
        description: "Writes",
        includeInInitialRoleSet: true,
      });
      assert.equal(s.role.name, "Clerk");
    }],
    ["AssignPermissionToOrganizationRole", "organizationRoles.assignPermissionToOrganizationRole",
      async (s) => {
        s.pair = { organizationRoleId: s.role.id, permissionId: s.permission.id };
        const role = await clerk.organizationRoles.assignPermissionToOrganizationRole(s.pair);
        assert.ok(role.permissions.some((one) => one.id === s.permission.id));
      }],
    ["GetOrganizationRole", "organizationRoles.getOrganizationRole", async (s) => {
      const role = await clerk.organizationRoles.getOrganizationRole(s.role.id);
      assert.equal(role.key, s.role.key);
    }],
    ["ListOrganizationRoles", "organizationRoles.getOrganizationRoleList", async (s) => {
      const page = await clerk.organizationRoles.getOrganizationRoleList({ limit: 100 });
      assert.ok(page.data.some((one) => one.key === "org:admin"));
    }],
    ["UpdateOrganizationRole", "organizationRoles.updateOrganizationRole", async (s) => {
      const role = await clerk.organizationRoles.updateOrganizationRole({
        organizationRoleId: s.role.id,
        name: "Scribe",
      });
      assert.equal(role.name, "Scribe");
    }],
    ["RemovePermissionFromOrganizationRole",
      "organizationRoles.removePermissionFromOrganizationRole",
      async (s) => {
        const role = await clerk.organizationRoles.removePermissionFromOrganizationRole(s.pair);
        assert.ok(!role.permissions.some((one) => one.id === s.permission.id));
      }],
  ],
};

const roleSets = [
  ["CreateRoleSet", "roleSets.createRoleSet", async (s) => {
    s.set = await clerk.roleSets.createRoleSet({
      name: "Offices",
      key: `role_set:${unique("offices")}`,
      defaultRoleKey: "org:member",
      creatorRoleKey: "org:admin",
      roles: ["org:admin", "org:member"],
    });
    assert.equal(s.set.name, "Offices");
  }],
  ["GetRoleSet", "roleSets.getRoleSet", async (s) => {
    assert.equal((await clerk.roleSets.getRoleSet(s.set.key)).id, s.set.id);
  }],
  ["ListRoleSets", "roleSets.getRoleSetList", async (s) => {
    const page = await clerk.roleSets.getRoleSetList({ limit: 100 });
    assert.ok(page.data.some((one) => one.id === s.set.id));
  }],
  ["UpdateRoleSet", "roleSets.updateRoleSet", async (s) => {
    const change = { roleSetKeyOrId: s.set.id, name: "Bureaus" };
    assert.equal((await clerk.roleSets.updateRoleSet(change)).name, "Bureaus");
  }],
  ["AddRolesToRoleSet", "roleSets.addRolesToRoleSet", async (s) => {
    const change = { roleSetKeyOrId: s.set.id, roleKeys: [s.role.key] };
    const set = await clerk.roleSets.addRolesToRoleSet(change);
    assert.ok(set.roles.some((one) => one.key === s.role.key));
  }],
  ["ReplaceRoleInRoleSet", "roleSets.replaceRoleInRoleSet", async (s) => {
    const change = { roleSetKeyOrId: s.set.id, roleKey: s.role.key, toRoleKey: "org:member" };
    const set = await clerk.roleSets.replaceRoleInRoleSet(change);
    assert.ok(!set.roles.some((one) => one.key === s.role.key));
  }],
  ["ReplaceRoleSet", "roleSets.replaceRoleSet", async (s) => {
    const sets = await clerk.roleSets.getRoleSetList({ limit: 100 });
    const other = sets.data.find((one) => one.id !== s.set.id);
    const change = { roleSetKeyOrId: s.set.id, destRoleSetKey: other.key };
    assert.equal((await clerk.roleSets.replaceRoleSet(change)).deleted, true);
  }],
  ["DeleteOrganizationRole", "organizationRoles.deleteOrganizationRole", async (s) => {
    const spare = await clerk.organizationRoles.createOrganizationRole({
      name: "Spare",
      key: `org:${unique("spare")}`,
    });
    const gone = await clerk.organizationRoles.deleteOrganizationRole(spare.id);
    assert.equal(gone.deleted, true);
  }],
  ["DeleteOrganizationPermission", "organizationPermissions.deleteOrganizationPermission",
    async (s) => {
      const id = s.permission.id;
      const gone = await clerk.organizationPermissions.deleteOrganizationPermission(id);
      assert.equal(gone.deleted, true);
    }],
];
roles.steps.push(...roleSets);

export default [roles];
