import assert from "node:assert/strict";
import { Browser } from "../browser.mjs";
import { clerk } from "../client.mjs";
import { stage, unique } from "../harness.mjs";

const applications = {
  name: "oauth applications",
  steps: [
    ["CreateOAuthApplication", "oauthApplications.create", async (s) => {
      s.application = await clerk.oauthApplications.create({
        name: unique("App"),
        redirectUris: ["https://app.example/callback"],
        scopes: "profile email",
      });
      assert.ok(s.application.clientSecret);
    }],
    ["GetOAuthApplication", "oauthApplications.get", async (s) => {
      const found = await clerk.oauthApplications.get(s.application.id);
      assert.equal(found.clientId, s.application.clientId);
    }],
    ["ListOAuthApplications", "oauthApplications.list", async (s) => {
      const page = await clerk.oauthApplications.list({ orderBy: "-created_at" });
      assert.ok(page.data.some((one) => one.id === s.application.id));
    }],
    ["UpdateOAuthApplication", "oauthApplications.update", async (s) => {
      const change = { oauthApplicationId: s.application.id, name: "Renamed" };
      assert.equal((await clerk.oauthApplications.update(change)).name, "Renamed");
    }],
    ["RotateOAuthApplicationSecret", "oauthApplications.rotateSecret", async (s) => {
      const rotated = await clerk.oauthApplications.rotateSecret(s.application.id);
      assert.notEqual(rotated.clientSecret, s.application.clientSecret);
    }],
    ["DeleteOAuthApplication", "oauthApplications.delete", async (s) => {
      assert.equal((await clerk.oauthApplications.delete(s.application.id)).deleted, true);
    }],
  ],
};

/** A token that the browser's user gives an application. */
async function grant(browser, application) {
  const query = new URLSearchParams({ response_type: "code", client_id: application.clientId });
  const granted = await browser.visit("GET", `${stage.frontend}/oauth/authorize?${query}`);
  const form = {
    grant_type: "authorization_code",
    client_id: application.clientId,
    client_secret: application.clientSecret,
    code: new URL(granted.headers.get("location")).searchParams.get("code"),
  };
  const answer = await browser.visit("POST", `${stage.frontend}/oauth/token`, form);
  return (await answer.json()).access_token;
}

const tokens = {
  name: "tokens of oauth applications",
  steps: [
    ["verifyOAuthAccessToken", "idPOAuthAccessToken.verify", async (s) => {
      s.browser = new Browser();
      const session = await s.browser.signUp();
      s.application = await clerk.oauthApplications.create({
        name: unique("App"),
        redirectUris: ["https://app.example/callback"],
        consentScreenEnabled: false,
      });
      s.token = await grant(s.browser, s.application);
      const token = await clerk.idPOAuthAccessToken.verify(s.token);
      assert.deepEqual(
        [token.clientId, token.subject, token.revoked, token.expired],
        [s.application.clientId, session.user.id, false, false],
      );
    }],
    ["RevokeOAuthApplicationToken", "oauthApplications.revokeToken", async (s) => {
      const revocation = { oauthApplicationId: s.application.id, token: s.token };
      assert.equal(await clerk.oauthApplications.revokeToken(revocation), undefined);
      await assert.rejects(clerk.idPOAuthAccessToken.verify(s.token), { status: 404 });
    }],
  ],
};

export default [applications, tokens];
