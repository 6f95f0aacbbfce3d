import assert from "node:assert/strict";
import { clerk } from "../client.mjs";
import { address, stage, unique } from "../harness.mjs";

const instance = {
  name: "instance",
  steps: [
    ["GetJWKS", "jwks.getJwks", async () => {
      const { keys } = await clerk.jwks.getJwks();
      assert.deepEqual([keys[0].kty, keys[0].alg], ["RSA", "RS256"]);
    }],
    ["GetInstance", "instance.get", async () => {
      assert.ok((await clerk.instance.get()).id.startsWith("ins_"));
    }],
    ["UpdateInstance", "instance.update", async () => {
      const allowedOrigins = [stage.home, "https://app.example"];
      await clerk.instance.update({ allowedOrigins });
      assert.deepEqual((await clerk.instance.get()).allowedOrigins, allowedOrigins);
    }],
    ["UpdateInstanceRestrictions", "instance.updateRestrictions", async () => {
      const off = await clerk.instance.updateRestrictions({ blockEmailSubaddresses: false });
      assert.equal(off.blockEmailSubaddresses, false);
    }],
    ["GetInstanceOrganizationSettings", "instance.getOrganizationSettings", async () => {
      assert.equal((await clerk.instance.getOrganizationSettings()).enabled, true);
    }],
    ["UpdateInstanceOrganizationSettings", "instance.updateOrganizationSettings", async () => {
      const change = { enabled: true, maxAllowedMemberships: 50 };
      const settings = await clerk.instance.updateOrganizationSettings(change);
      assert.equal(settings.maxAllowedMemberships, 50);
    }],
    ["CreateAllowlistIdentifier", "allowlistIdentifiers.createAllowlistIdentifier", async (s) => {
      const identifier = address();
      s.allowed = await clerk.allowlistIdentifiers.createAllowlistIdentifier({
        identifier,
        notify: false,
      });
      assert.equal(s.allowed.identifier, identifier);
    }],
    ["ListAllowlistIdentifiers", "allowlistIdentifiers.getAllowlistIdentifierList", async (s) => {
      const page = await clerk.allowlistIdentifiers.getAllowlistIdentifierList();
      assert.ok((page.data ?? page).some((one) => one.id === s.allowed.id));
    }],
    ["DeleteAllowlistIdentifier", "allowlistIdentifiers.deleteAllowlistIdentifier", async (s) => {
      const gone = await clerk.allowlistIdentifiers.deleteAllowlistIdentifier(s.allowed.id);
      assert.equal(gone.deleted, true);
    }],
    ["CreateBlocklistIdentifier", "blocklistIdentifiers.createBlocklistIdentifier", async (s) => {
      const identifier = `*@${unique("spam")}.example`;
      s.blocked = await clerk.blocklistIdentifiers.createBlocklistIdentifier({ identifier });
      assert.equal(s.blocked.identifier, identifier);
    }],
    ["ListBlocklistIdentifiers", "blocklistIdentifiers.getBlocklistIdentifierList", async (s) => {
      const page = await clerk.blocklistIdentifiers.getBlocklistIdentifierList();
      assert.ok(page.data.some((one) => one.id === s.blocked.id));
    }],
    ["DeleteBlocklistIdentifier", "blocklistIdentifiers.deleteBlocklistIdentifier", async (s) => {
      const gone = await clerk.blocklistIdentifiers.deleteBlocklistIdentifier(s.blocked.id);
      assert.equal(gone.deleted, true);
    }],
    ["CreateRedirectURL", "redirectUrls.createRedirectUrl", async (s) => {
      const url = "https://app.example/callback";
      s.redirect = await clerk.redirectUrls.createRedirectUrl({ url });
      assert.equal(s.redirect.url, url);
    }],
    ["GetRedirectURL", "redirectUrls.getRedirectUrl", async (s) => {
      assert.equal((await clerk.redirectUrls.getRedirectUrl(s.redirect.id)).id, s.redirect.id);
    }],
    ["ListRedirectURLs", "redirectUrls.getRedirectUrlList", async (s) => {
      const page = await clerk.redirectUrls.getRedirectUrlList();
      assert.ok((page.data ?? page).some((one) => one.id === s.redirect.id));
    }],
    ["DeleteRedirectURL", "redirectUrls.deleteRedirectUrl", async (s) => {
      assert.equal((await clerk.redirectUrls.deleteRedirectUrl(s.redirect.id)).deleted, true);
    }],
    ["ListDomains", "domains.list", async (s) => {
      const page = await clerk.domains.list();
      s.domain = page.data.find((one) => !one.isSatellite);
      assert.deepEqual([page.totalCount, s.domain.frontendApiUrl], [1, stage.frontend]);
    }],
    ["CreateWaitlistEntry", "waitlistEntries.create", async (s) => {
      s.entry = await clerk.waitlistEntries.create({ emailAddress: address(), notify: false });
      assert.equal(s.entry.status, "pending");
    }],
    ["ListWaitlistEntries", "waitlistEntries.list", async (s) => {
      const page = await clerk.waitlistEntries.list({ status: "pending" });
      assert.ok(page.data.some((one) => one.id === s.entry.id));
    }],
    ["CreateBulkWaitlistEntries", "waitlistEntries.createBulk", async (s) => {
      const made = await clerk.waitlistEntries.createBulk([{ emailAddress: address() }]);
      s.more = (made.data ?? made)[0];
      assert.equal(s.more.status, "pending");
    }],
    ["InviteWaitlistEntry", "waitlistEntries.invite", async (s) => {
      assert.equal((await clerk.waitlistEntries.invite(s.entry.id)).status, "invited");
    }],
    ["RejectWaitlistEntry", "waitlistEntries.reject", async (s) => {
      assert.equal((await clerk.waitlistEntries.reject(s.more.id)).status, "rejected");
    }],
    ["DeleteWaitlistEntry", "waitlistEntries.delete", async () => {
      const { id } = await clerk.waitlistEntries.create({ emailAddress: address() });
      assert.equal((await clerk.waitlistEntries.delete(id)).deleted, true);
    }],
    ["CreateSvixApp", "webhooks.createSvixApp", async () => {
      const { svix_url: svixUrl } = await clerk.webhooks.createSvixApp();
      assert.ok(svixUrl.startsWith(`${stage.home}/console`), svixUrl);
    }],
    ["GenerateSvixAuthURL", "webhooks.generateSvixAuthURL", async () => {
      const { svix_url: svixUrl } = await clerk.webhooks.generateSvixAuthURL();
      assert.ok(svixUrl.startsWith(`${stage.home}/console`), svixUrl);
    }],
    ["DeleteSvixApp", "webhooks.deleteSvixApp", async () => {
      assert.equal(await clerk.webhooks.deleteSvixApp(), undefined);
    }],
  ],
};

export default [instance];
