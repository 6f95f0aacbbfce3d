// What the installed SDK offers, derived from the SDK itself: every method of every resource of
// its client. Each has a step that calls it, or stands here.
import assert from "node:assert/strict";
import { clerk } from "./client.mjs";
import { tell } from "./harness.mjs";

/** Methods whose operations the provider does not offer; the tests compare with its reasons. */
const REFUSED = {
  "domains.add": "AddDomain",
  "domains.delete": "DeleteDomain",
  "domains.deleteDomain": "DeleteDomain",
  "domains.update": "UpdateDomain",
  "enterpriseConnections.createEnterpriseConnection": "CreateEnterpriseConnection",
  "enterpriseConnections.deleteEnterpriseConnection": "DeleteEnterpriseConnection",
  "enterpriseConnections.getEnterpriseConnection": "GetEnterpriseConnection",
  "enterpriseConnections.getEnterpriseConnectionList": "ListEnterpriseConnections",
  "enterpriseConnections.updateEnterpriseConnection": "UpdateEnterpriseConnection",
  "proxyChecks.verify": "VerifyDomainProxy",
  "samlConnections.createSamlConnection": "CreateSAMLConnection",
  "samlConnections.deleteSamlConnection": "DeleteSAMLConnection",
  "samlConnections.getSamlConnection": "GetSAMLConnection",
  "samlConnections.getSamlConnectionList": "ListSAMLConnections",
  "samlConnections.updateSamlConnection": "UpdateSAMLConnection",
  "users.deleteUserPasskey": "UserPasskeyDelete",
  "users.deleteUserWeb3Wallet": "UserWeb3WalletDelete",
};

/** Methods for paths that the official document does not have. */
const UNDOCUMENTED = new Set([
  "__experimental_accountlessApplications.completeAccountlessApplicationOnboarding",
  "__experimental_accountlessApplications.createAccountlessApplication",
  "betaFeatures.changeDomain",
  "clients.getHandshakePayload",
  "emails.create",
  "emails.createBatch",
  "emails.get",
  "sessions.verifySession",
]);

/** The names of all methods, `resource.method`. */
function methods() {
  const names = [];
  for (const [resource, api] of Object.entries(clerk)) {
    const kind = api && Object.getPrototypeOf(api);
    // Resources are objects of a class with `request`; the rest of the client is functions.
    if (typeof api !== "object" || typeof api.request !== "function") {
      continue;
    }
    for (const name of Object.getOwnPropertyNames(kind)) {
      if (name !== "constructor") {
        names.push(`${resource}.${name}`);
      }
    }
  }
  return names;
}

/** Fails where a method has no step, and tells the tests the operations of all. */
async function tellAll(scenarios) {
  const operations = { ...REFUSED };
  for (const [operation, label] of scenarios.flatMap(({ steps }) => steps)) {
    const [method] = label.match(/^\w+\.\w+/) ?? [];
    if (operation && method) {
      operations[method] = operation;
    }
  }
  const all = methods();
  assert.ok(all.length > 100, `only ${all.length} methods were found`);
  const missing = all.filter((name) => !operations[name] && !UNDOCUMENTED.has(name));
  assert.deepEqual(missing, [], "methods without a step");
  const known = [...Object.keys(operations), ...UNDOCUMENTED];
  assert.deepEqual(known.filter((name) => !all.includes(name)), [], "not methods of the SDK");
  await tell("offered", [...new Set(Object.values(operations))]);
}

/** The scenario that ends a run. */
export function offered(scenarios) {
  const steps = [[null, "every method of the SDK has a step", () => tellAll(scenarios)]];
  return { name: "what the SDK offers", steps };
}
