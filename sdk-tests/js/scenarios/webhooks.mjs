import assert from "node:assert/strict";
import { verifyWebhook } from "@clerk/backend/webhooks";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { clerk, newUser } from "../client.mjs";
import { behind, stage, tell } from "../harness.mjs";

/** Creates and deletes a user, and waits for what is sent of it; everything sent so far. */
async function messages() {
  const { id } = await newUser();
  await clerk.users.deleteUser(id);
  const isLast = ({ type, data }) => type === "user.deleted" && data.id === id;
  for (let tries = 0; tries < 200; tries += 1) {
    const all = await behind("webhooks");
    if (all.some(({ body }) => isLast(JSON.parse(body)))) {
      return all;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("no webhook of the user came");
}

/** Whether the libraries accept a message; fails where they differ. */
async function accepted({ headers, body }, secret) {
  const standard = {
    "webhook-id": headers["svix-id"],
    "webhook-timestamp": headers["svix-timestamp"],
    "webhook-signature": headers["svix-signature"],
  };
  const request = new Request(stage.home, { method: "POST", headers, body });
  const events = await Promise.allSettled([
    (async () => new SvixWebhook(secret).verify(body, headers))(),
    (async () => new StandardWebhook(secret).verify(body, standard))(),
    verifyWebhook(request, { signingSecret: secret }),
  ]);
  const [status] = events.map((event) => event.status);
  assert.deepEqual(events.map((event) => event.status), [status, status, status]);
  if (status === "rejected") {
    return false;
  }
  const { type, data } = JSON.parse(body);
  for (const { value } of events) {
    assert.deepEqual([value.type, value.data], [type, data]);
  }
  return true;
}

const signatures = ({ headers }) => headers["svix-signature"].split(" ").length;

const steps = [
  [null, "every message is accepted by svix, standardwebhooks and verifyWebhook", async (s) => {
    s.all = await messages();
    for (const message of s.all) {
      assert.equal(await accepted(message, stage.webhookSecret), true);
      assert.equal(signatures(message), 1);
    }
    await tell("verified", s.all.map(({ headers }) => headers["svix-id"]));
  }],
  [null, "a changed message is refused", async ({ all: [{ headers, body }] }) => {
    const changed = { headers, body: body.replace("{", "{ ") };
    assert.equal(await accepted(changed, stage.webhookSecret), false);
    const later = String(Number(headers["svix-timestamp"]) + 1);
    const moved = { headers: { ...headers, "svix-timestamp": later }, body };
    assert.equal(await accepted(moved, stage.webhookSecret), false);
  }],
  [null, "while the secret is changed over, the old and the new one accept", async (s) => {
    const before = s.all.at(-1);
    const { secret } = await behind("rotate", "POST");
    const after = (await messages()).slice(s.all.length);
    assert.ok(after.length >= 2);
    for (const message of after) {
      assert.equal(signatures(message), 2);
      assert.equal(await accepted(message, secret), true);
      assert.equal(await accepted(message, stage.webhookSecret), true);
      assert.equal(await accepted(message, `whsec_${"A".repeat(32)}`), false);
    }
    // What was sent before has the old signature alone.
    assert.equal(await accepted(before, secret), false);
  }],
];

export default [{ name: "webhooks", steps }];
