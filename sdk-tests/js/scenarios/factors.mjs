import assert from "node:assert/strict";
import { Browser, totp } from "../browser.mjs";
import { clerk } from "../client.mjs";
import { unique } from "../harness.mjs";

const factors = {
  name: "second factors",
  steps: [
    ["VerifyTOTP", "users.verifyTOTP", async (s) => {
      s.browser = new Browser();
      s.userId = (await s.browser.signUp()).user.id;
      const { secret, backupCodes } = await s.browser.enrol();
      const { userId } = s;
      const right = { userId, code: totp(secret, 1) };
      const verified = { verified: true, code_type: "totp" };
      assert.deepEqual(await clerk.users.verifyTOTP(right), verified);
      // Every code is good once.
      await assert.rejects(clerk.users.verifyTOTP(right), { status: 422 });
      const spent = await clerk.users.verifyTOTP({ userId, code: backupCodes[0] });
      assert.equal(spent.code_type, "backup_code");
    }],
    ["DeleteBackupCode", "users.deleteUserBackupCodes", async ({ userId }) => {
      assert.equal((await clerk.users.deleteUserBackupCodes(userId)).user_id, userId);
      const user = await clerk.users.getUser(userId);
      assert.deepEqual([user.backupCodeEnabled, user.totpEnabled], [false, true]);
    }],
    ["DeleteTOTP", "users.deleteUserTOTP", async ({ userId }) => {
      assert.equal((await clerk.users.deleteUserTOTP(userId)).user_id, userId);
      assert.equal((await clerk.users.getUser(userId)).totpEnabled, false);
    }],
    ["DisableMFA", "users.disableUserMFA", async ({ browser, userId }) => {
      await browser.enrol();
      assert.equal((await clerk.users.disableUserMFA(userId)).user_id, userId);
      const user = await clerk.users.getUser(userId);
      assert.deepEqual([user.twoFactorEnabled, user.backupCodeEnabled], [false, false]);
    }],
  ],
};

const accounts = {
  name: "external accounts",
  steps: [
    ["GetOAuthAccessToken", "users.getUserOauthAccessToken", async (s) => {
      s.browser = new Browser();
      s.userId = (await s.browser.signUp()).user.id;
      s.email = `${unique("js")}@elsewhere.example`;
      await s.browser.connect("google", { name: "Ada Lovelace", email: s.email });
      const page = await clerk.users.getUserOauthAccessToken(s.userId, "google");
      const [token] = page.data;
      assert.deepEqual([page.totalCount, token.provider], [1, "oauth_google"]);
      assert.deepEqual(token.scopes, ["openid", "email", "profile"]);
      assert.ok(token.token && token.expiresAt > Date.now());
    }],
    ["DeleteExternalAccount", "users.deleteUserExternalAccount", async ({ userId, email }) => {
      const [account] = (await clerk.users.getUser(userId)).externalAccounts;
      assert.deepEqual([account.provider, account.emailAddress], ["oauth_google", email]);
      const named = { userId, externalAccountId: account.id };
      const gone = await clerk.users.deleteUserExternalAccount(named);
      assert.equal(gone.deleted, true);
      assert.deepEqual((await clerk.users.getUser(userId)).externalAccounts, []);
    }],
  ],
};

export default [factors, accounts];
