import assert from "node:assert/strict";
import { clerk, newUser } from "../client.mjs";
import { stage } from "../harness.mjs";

const apiKeys = {
  name: "api keys",
  steps: [
    ["createApiKey", "apiKeys.create", async (s) => {
      s.user = await newUser();
      s.key = await clerk.apiKeys.create({
        name: "Deploy",
        subject: s.user.id,
        claims: { env: "test" },
        scopes: ["deploy"],
        secondsUntilExpiration: 3600,
      });
      assert.ok(s.key.secret.startsWith("ak_"));
    }],
    ["verifyApiKey", "apiKeys.verify", async (s) => {
      const key = await clerk.apiKeys.verify(s.key.secret);
      assert.deepEqual([key.id, key.subject], [s.key.id, s.user.id]);
    }],
    ["verifyApiKey", "authenticateRequest with an API key", async (s) => {
      const request = new Request(`${stage.home}/api`, {
        headers: { authorization: `Bearer ${s.key.secret}` },
      });
      const state = await clerk.authenticateRequest(request, { acceptsToken: "api_key" });
      assert.equal(state.toAuth().userId, s.user.id);
    }],
    ["getApiKey", "apiKeys.get", async (s) => {
      assert.equal((await clerk.apiKeys.get(s.key.id)).name, "Deploy");
    }],
    ["getApiKeys", "apiKeys.list", async (s) => {
      const page = await clerk.apiKeys.list({ subject: s.user.id });
      assert.deepEqual(page.data.map((one) => one.id), [s.key.id]);
    }],
    ["updateApiKey", "apiKeys.update", async (s) => {
      const change = { apiKeyId: s.key.id, subject: s.user.id, description: "For releases" };
      assert.equal((await clerk.apiKeys.update(change)).description, "For releases");
    }],
    ["getApiKeySecret", "apiKeys.getSecret", async (s) => {
      assert.ok((await clerk.apiKeys.getSecret(s.key.id)).secret.startsWith("ak_"));
    }],
    ["revokeApiKey", "apiKeys.revoke", async (s) => {
      const revocation = { apiKeyId: s.key.id, revocationReason: "over" };
      assert.equal((await clerk.apiKeys.revoke(revocation)).revoked, true);
    }],
    ["deleteApiKey", "apiKeys.delete", async (s) => {
      assert.equal((await clerk.apiKeys.delete(s.key.id)).deleted, true);
    }],
  ],
};

const machines = {
  name: "machines",
  steps: [
    ["CreateMachine", "machines.create", async (s) => {
      s.machine = await clerk.machines.create({ name: "Sender", defaultTokenTtl: 600 });
      s.other = await clerk.machines.create({ name: "Receiver" });
      assert.equal(s.machine.defaultTokenTtl, 600);
    }],
    ["GetMachine", "machines.get", async (s) => {
      assert.equal((await clerk.machines.get(s.machine.id)).name, "Sender");
    }],
    ["ListMachines", "machines.list", async (s) => {
      const page = await clerk.machines.list({ query: "Sender", orderBy: "-created_at" });
      assert.ok(page.data.some((one) => one.id === s.machine.id));
    }],
    ["UpdateMachine", "machines.update", async (s) => {
      const change = { machineId: s.machine.id, name: "Courier" };
      assert.equal((await clerk.machines.update(change)).name, "Courier");
    }],
    ["CreateMachineScope", "machines.createScope", async (s) => {
      const scope = await clerk.machines.createScope(s.machine.id, s.other.id);
      assert.equal(scope.toMachineId, s.other.id);
    }],
    ["GetMachineSecretKey", "machines.getSecretKey", async (s) => {
      s.secret = (await clerk.machines.getSecretKey(s.machine.id)).secret;
      assert.ok(s.secret.startsWith("ak_"));
    }],
    ["createM2MToken", "m2m.createToken", async (s) => {
      s.token = await clerk.m2m.createToken({
        machineSecretKey: s.secret,
        secondsUntilExpiration: 300,
        claims: { job: "nightly" },
      });
      assert.ok(s.token.token.startsWith("mt_"));
    }],
    ["verifyM2MToken", "m2m.verify", async (s) => {
      const token = await clerk.m2m.verify({ token: s.token.token });
      assert.equal(token.subject, s.machine.id);
    }],
    ["getM2MTokens", "m2m.list", async (s) => {
      const page = await clerk.m2m.list({ subject: s.machine.id });
      assert.ok(page.data.some((one) => one.id === s.token.id));
    }],
    ["revokeM2MToken", "m2m.revokeToken", async (s) => {
      const revocation = { m2mTokenId: s.token.id, revocationReason: "over" };
      assert.equal((await clerk.m2m.revokeToken(revocation)).revoked, true);
    }],
    ["DeleteMachineScope", "machines.deleteScope", async (s) => {
      const scope = await clerk.machines.deleteScope(s.machine.id, s.other.id);
      assert.equal(scope.deleted, true);
    }],
    ["RotateMachineSecretKey", "machines.rotateSecretKey", async (s) => {
      const rotation = { machineId: s.machine.id, previousTokenTtl: 0 };
      const { secret } = await clerk.machines.rotateSecretKey(rotation);
      assert.notEqual(secret, s.secret);
    }],
    ["DeleteMachine", "machines.delete", async (s) => {
      assert.equal((await clerk.machines.delete(s.other.id)).deleted, true);
    }],
  ],
};

export default [apiKeys, machines];
