import assert from "node:assert/strict";
import { Browser } from "../browser.mjs";
import { clerk, newUser } from "../client.mjs";
import { address, stage, unique } from "../harness.mjs";

const sessions = {
  name: "sessions",
  steps: [
    ["createSession", "sessions.createSession", async (s) => {
      s.user = await newUser();
      s.session = await clerk.sessions.createSession({ userId: s.user.id });
      assert.equal(s.session.status, "active");
    }],
    ["GetSession", "sessions.getSession", async (s) => {
      assert.equal((await clerk.sessions.getSession(s.session.id)).userId, s.user.id);
    }],
    ["GetSessionList", "sessions.getSessionList", async (s) => {
      const page = await clerk.sessions.getSessionList({ userId: s.user.id, status: "active" });
      assert.deepEqual(page.data.map((one) => one.id), [s.session.id]);
    }],
    ["CreateSessionToken", "sessions.getToken", async (s) => {
      const { jwt } = await clerk.sessions.getToken(s.session.id);
      assert.equal(jwt.split(".").length, 3);
    }],
    ["CreateJWTTemplate", "jwtTemplates.create", async (s) => {
      s.template = await clerk.jwtTemplates.create({
        name: unique("template"),
        claims: { mail: "{{user.primary_email_address}}" },
        lifetime: 90,
      });
      assert.equal(s.template.lifetime, 90);
    }],
    ["GetJWTTemplate", "jwtTemplates.get", async (s) => {
      assert.equal((await clerk.jwtTemplates.get(s.template.id)).name, s.template.name);
    }],
    ["ListJWTTemplates", "jwtTemplates.list", async (s) => {
      const page = await clerk.jwtTemplates.list();
      assert.ok(page.data.some((one) => one.id === s.template.id));
    }],
    ["UpdateJWTTemplate", "jwtTemplates.update", async (s) => {
      const { id: templateId, name } = s.template;
      const claims = { mail: "{{user.primary_email_address}}", kind: "js" };
      const changed = await clerk.jwtTemplates.update({ templateId, name, claims });
      assert.equal(changed.claims.kind, "js");
    }],
    ["CreateSessionTokenFromTemplate", "sessions.getToken of a template", async (s) => {
      const { jwt } = await clerk.sessions.getToken(s.session.id, s.template.name);
      const claims = JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));
      assert.equal(claims.mail, s.user.emailAddresses[0].emailAddress);
    }],
    ["DeleteJWTTemplate", "jwtTemplates.delete", async (s) => {
      assert.equal((await clerk.jwtTemplates.delete(s.template.id)).deleted, true);
    }],
    ["RevokeSession", "sessions.revokeSession", async (s) => {
      assert.equal((await clerk.sessions.revokeSession(s.session.id)).status, "revoked");
    }],
  ],
};

const tokens = {
  name: "tokens",
  steps: [
    ["CreateSignInToken", "signInTokens.createSignInToken", async (s) => {
      s.user = await newUser();
      const wanted = { userId: s.user.id, expiresInSeconds: 600 };
      s.token = await clerk.signInTokens.createSignInToken(wanted);
      assert.equal(s.token.status, "pending");
      assert.ok(s.token.token && s.token.url);
    }],
    ["CreateSignInToken", "a sign-in token signs in", async (s) => {
      const browser = new Browser();
      const form = { strategy: "ticket", ticket: s.token.token };
      const signIn = await browser.call("POST", "/v1/client/sign_ins", form);
      assert.equal(signIn.status, "complete");
      const session = await browser.session();
      assert.equal(session.user.id, s.user.id);
    }],
    ["RevokeSignInToken", "signInTokens.revokeSignInToken", async (s) => {
      const wanted = { userId: s.user.id, expiresInSeconds: 600 };
      const { id } = await clerk.signInTokens.createSignInToken(wanted);
      assert.equal((await clerk.signInTokens.revokeSignInToken(id)).status, "revoked");
    }],
    ["CreateActorToken", "actorTokens.create", async (s) => {
      const admin = await newUser();
      s.actor = await clerk.actorTokens.create({
        userId: s.user.id,
        actor: { sub: admin.id },
        expiresInSeconds: 600,
      });
      assert.equal(s.actor.userId, s.user.id);
    }],
    ["RevokeActorToken", "actorTokens.revoke", async (s) => {
      assert.equal((await clerk.actorTokens.revoke(s.actor.id)).status, "revoked");
    }],
    ["CreateTestingToken", "testingTokens.createTestingToken", async () => {
      const made = await clerk.testingTokens.createTestingToken();
      // The SDK hands it on as it came; its end is in seconds.
      assert.ok(made.token && made.expires_at * 1000 > Date.now());
    }],
    ["CreateInvitation", "invitations.createInvitation", async (s) => {
      s.invitation = await clerk.invitations.createInvitation({
        emailAddress: address(),
        publicMetadata: { from: "js" },
        redirectUrl: undefined,
        ignoreExisting: true,
      });
      assert.equal(s.invitation.status, "pending");
    }],
    ["CreateBulkInvitations", "invitations.createInvitationBulk", async () => {
      const made = await clerk.invitations.createInvitationBulk([
        { emailAddress: address() },
        { emailAddress: address() },
      ]);
      assert.equal((made.data ?? made).length, 2);
    }],
    ["ListInvitations", "invitations.getInvitationList", async (s) => {
      const page = await clerk.invitations.getInvitationList({ status: "pending" });
      assert.ok(page.data.some((one) => one.id === s.invitation.id));
    }],
    ["RevokeInvitation", "invitations.revokeInvitation", async (s) => {
      const revoked = await clerk.invitations.revokeInvitation(s.invitation.id);
      assert.equal(revoked.status, "revoked");
    }],
    ["CreateAgentTask", "agentTasks.create", async (s) => {
      s.task = await clerk.agentTasks.create({
        onBehalfOf: { userId: s.user.id },
        permissions: "*",
        agentName: "Tests",
        taskDescription: "Look around",
        redirectUrl: stage.home,
      });
      assert.ok(s.task.url.startsWith(stage.frontend), s.task.url);
    }],
    ["RevokeAgentTask", "agentTasks.revoke", async (s) => {
      const revoked = await clerk.agentTasks.revoke(s.task.agentTaskId);
      assert.equal(revoked.agentTaskId, s.task.agentTaskId);
    }],
  ],
};

const clients = {
  name: "clients",
  steps: [
    ["GetClientList", "clients.getClientList", async (s) => {
      s.browser = new Browser();
      s.session = await s.browser.signUp();
      const page = await clerk.clients.getClientList();
      assert.ok(page.data.length >= 1);
    }],
    ["GetClient", "clients.getClient", async (s) => {
      const session = await clerk.sessions.getSession(s.session.id);
      const client = await clerk.clients.getClient(session.clientId);
      assert.deepEqual(client.sessionIds, [s.session.id]);
    }],
    ["VerifyClient", "clients.verifyClient", async (s) => {
      const secret = [...s.browser.cookies].find(
        ([name]) => name.startsWith("__client") && !name.startsWith("__client_uat"),
      );
      const client = await clerk.clients.verifyClient(secret[1]);
      assert.equal(client.lastActiveSessionId, s.session.id);
    }],
    ["GetSignUp", "signUps.get", async () => {
      const browser = new Browser();
      const form = { email_address: address() };
      const { id } = await browser.call("POST", "/v1/client/sign_ups", form);
      assert.equal((await clerk.signUps.get(id)).id, id);
    }],
    ["UpdateSignUp", "signUps.update", async () => {
      const browser = new Browser();
      const form = { email_address: address() };
      const { id } = await browser.call("POST", "/v1/client/sign_ups", form);
      const externalId = unique("crm-");
      const change = { signUpAttemptId: id, externalId };
      assert.equal((await clerk.signUps.update(change)).externalId, externalId);
    }],
  ],
};

export default [sessions, tokens, clients];
