// The SDK's client for the provider under test.
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
