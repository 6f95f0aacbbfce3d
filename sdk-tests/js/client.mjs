// The SDK's client for the provider under test.
import assert from "node:assert/strict";
import { createClerkClient } from "@clerk/backend";
import { address, stage } from "./harness.mjs";

export const clerk = createClerkClient({
  secretKey: stage.secretKey,
  publishableKey: stage.publishableKey,
  apiUrl: stage.backend,
  proxyUrl: stage.frontend,
  telemetry: { disabled: true },
});

export function newUser(more = {}) {
  return clerk.users.createUser({ emailAddress: [address()], ...more });
}

/** Asks the Backend API for what the SDK has no method for. */
export async function direct(method, path, body) {
  const headers = {
    authorization: `Bearer ${stage.secretKey}`,
    "content-type": "application/json",
  };
  const url = `${stage.backend}/v1${path}`;
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  assert.equal(response.status, 200, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}
