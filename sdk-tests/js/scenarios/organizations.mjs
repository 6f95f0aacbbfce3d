import assert from "node:assert/strict";
import { clerk, newUser } from "../client.mjs";
import { address, picture, unique } from "../harness.mjs";

const organizations = {
  name: "organizations",
  steps: [
    ["CreateOrganization", "organizations.createOrganization", async (s) => {
      s.ada = await newUser();
      s.grace = await newUser();
      s.slug = unique("acme-");
      s.acme = await clerk.organizations.createOrganization({
        name: "Acme",
        slug: s.slug,
        createdBy: s.ada.id,
        publicMetadata: { a: 1 },
      });
      assert.equal(s.acme.slug, s.slug);
      s.organizationId = s.acme.id;
    }],
    ["GetOrganization", "organizations.getOrganization by slug", async (s) => {
      const found = await clerk.organizations.getOrganization({
        slug: s.slug,
        includeMembersCount: true,
      });
      assert.deepEqual([found.id, found.membersCount], [s.organizationId, 1]);
    }],
    ["ListOrganizations", "organizations.getOrganizationList", async (s) => {
      const page = await clerk.organizations.getOrganizationList({
        query: s.slug,
        includeMembersCount: true,
        orderBy: "-created_at",
      });
      assert.deepEqual(page.data.map((found) => found.id), [s.organizationId]);
    }],
    ["UpdateOrganization", "organizations.updateOrganization", async (s) => {
      const change = { name: "Acme Inc", maxAllowedMemberships: 7 };
      const acme = await clerk.organizations.updateOrganization(s.organizationId, change);
      assert.deepEqual([acme.name, acme.maxAllowedMemberships], ["Acme Inc", 7]);
    }],
    ["MergeOrganizationMetadata", "organizations.updateOrganizationMetadata", async (s) => {
      const change = { publicMetadata: { a: null, b: 2 } };
      const acme = await clerk.organizations.updateOrganizationMetadata(s.organizationId, change);
      assert.deepEqual(acme.publicMetadata, { b: 2 });
    }],
    ["ReplaceOrganizationMetadata", "organizations.replaceOrganizationMetadata", async (s) => {
      const change = { publicMetadata: { c: 3 } };
      const acme = await clerk.organizations.replaceOrganizationMetadata(s.organizationId, change);
      assert.deepEqual(acme.publicMetadata, { c: 3 });
    }],
    ["UploadOrganizationLogo", "organizations.updateOrganizationLogo", async (s) => {
      const logo = { file: picture(), uploaderUserId: s.ada.id };
      const acme = await clerk.organizations.updateOrganizationLogo(s.organizationId, logo);
      assert.equal(acme.hasImage, true);
    }],
    ["DeleteOrganizationLogo", "organizations.deleteOrganizationLogo", async (s) => {
      const acme = await clerk.organizations.deleteOrganizationLogo(s.organizationId);
      assert.equal(acme.hasImage, false);
    }],
  ],
};

const member = (s) => ({ organizationId: s.organizationId, userId: s.grace.id });

const memberships = [
  ["CreateOrganizationMembership", "organizations.createOrganizationMembership", async (s) => {
    const join = { ...member(s), role: "org:member" };
    const joined = await clerk.organizations.createOrganizationMembership(join);
    assert.equal(joined.publicUserData.userId, s.grace.id);
    await assert.rejects(clerk.organizations.createOrganizationMembership(join), (error) => {
      assert.equal(error.errors[0].code, "already_a_member_in_organization");
      return true;
    });
  }],
  ["ListOrganizationMemberships", "organizations.getOrganizationMembershipList", async (s) => {
    const page = await clerk.organizations.getOrganizationMembershipList({
      organizationId: s.organizationId,
      role: ["org:member"],
    });
    assert.deepEqual(page.data.map((one) => one.publicUserData.userId), [s.grace.id]);
  }],
  ["InstanceGetOrganizationMemberships", "organizations.getInstanceOrganizationMembershipList",
    async () => {
      const page = await clerk.organizations.getInstanceOrganizationMembershipList({ limit: 5 });
      assert.ok(page.totalCount >= 2);
    }],
  ["UpdateOrganizationMembership", "organizations.updateOrganizationMembership", async (s) => {
    const change = { ...member(s), role: "org:admin" };
    const changed = await clerk.organizations.updateOrganizationMembership(change);
    assert.equal(changed.role, "org:admin");
  }],
  ["UpdateOrganizationMembershipMetadata", "organizations.updateOrganizationMembershipMetadata",
    async (s) => {
      const change = { ...member(s), publicMetadata: { desk: 4 } };
      const changed = await clerk.organizations.updateOrganizationMembershipMetadata(change);
      assert.deepEqual(changed.publicMetadata, { desk: 4 });
    }],
  ["DeleteOrganizationMembership", "organizations.deleteOrganizationMembership", async (s) => {
    const gone = await clerk.organizations.deleteOrganizationMembership(member(s));
    assert.equal(gone.publicUserData.userId, s.grace.id);
  }],
];

const invitations = [
  ["CreateOrganizationInvitation", "organizations.createOrganizationInvitation", async (s) => {
    s.invitation = await clerk.organizations.createOrganizationInvitation({
      organizationId: s.organizationId,
      emailAddress: address(),
      role: "org:member",
      inviterUserId: s.ada.id,
      publicMetadata: { from: "js" },
    });
    assert.equal(s.invitation.status, "pending");
  }],
  ["CreateOrganizationInvitationBulk", "organizations.createOrganizationInvitationBulk",
    async (s) => {
      const invite = () => ({
        emailAddress: address(),
        role: "org:member",
        inviterUserId: s.ada.id,
      });
      const page = await clerk.organizations.createOrganizationInvitationBulk(s.organizationId, [
        invite(),
        invite(),
      ]);
      assert.equal((page.data ?? page).length, 2);
    }],
  ["ListOrganizationInvitations", "organizations.getOrganizationInvitationList", async (s) => {
    const page = await clerk.organizations.getOrganizationInvitationList({
      organizationId: s.organizationId,
      status: ["pending"],
    });
    assert.ok(page.data.some((one) => one.id === s.invitation.id));
  }],
  ["GetOrganizationInvitation", "organizations.getOrganizationInvitation", async (s) => {
    const found = await clerk.organizations.getOrganizationInvitation({
      organizationId: s.organizationId,
      invitationId: s.invitation.id,
    });
    assert.equal(found.emailAddress, s.invitation.emailAddress);
  }],
  ["RevokeOrganizationInvitation", "organizations.revokeOrganizationInvitation", async (s) => {
    const revoked = await clerk.organizations.revokeOrganizationInvitation({
      organizationId: s.organizationId,
      invitationId: s.invitation.id,
      requestingUserId: s.ada.id,
    });
    assert.equal(revoked.status, "revoked");
  }],
];

const domains = [
  ["CreateOrganizationDomain", "organizations.createOrganizationDomain", async (s) => {
    s.domain = await clerk.organizations.createOrganizationDomain({
      organizationId: s.organizationId,
      name: `${unique("d")}.example`,
      enrollmentMode: "automatic_invitation",
      verified: true,
    });
    // This SDK hands domains on as they came, in snake case.
    assert.equal(s.domain.enrollment_mode, "automatic_invitation");
  }],
  ["ListOrganizationDomains", "organizations.getOrganizationDomainList", async (s) => {
    const page = await clerk.organizations.getOrganizationDomainList({
      organizationId: s.organizationId,
    });
    assert.deepEqual(page.data.map((one) => one.id), [s.domain.id]);
  }],
  ["UpdateOrganizationDomain", "organizations.updateOrganizationDomain", async (s) => {
    const changed = await clerk.organizations.updateOrganizationDomain({
      organizationId: s.organizationId,
      domainId: s.domain.id,
      enrollmentMode: "automatic_suggestion",
    });
    assert.equal(changed.enrollment_mode, "automatic_suggestion");
  }],
  ["DeleteOrganizationDomain", "organizations.deleteOrganizationDomain", async (s) => {
    const gone = await clerk.organizations.deleteOrganizationDomain({
      organizationId: s.organizationId,
      domainId: s.domain.id,
    });
    assert.equal(gone.deleted, true);
  }],
  ["DeleteOrganization", "organizations.deleteOrganization", async (s) => {
    const gone = await clerk.organizations.deleteOrganization(s.organizationId);
    assert.equal(gone.deleted, true);
  }],
];
organizations.steps.push(...memberships, ...invitations, ...domains);

export default [organizations];
