// Everything that the JavaScript SDKs are asked to do, in order.
import { run } from "./harness.mjs";
import { offered } from "./offered.mjs";
import billing from "./scenarios/billing.mjs";
import credentials from "./scenarios/credentials.mjs";
import express from "./scenarios/express.mjs";
import factors from "./scenarios/factors.mjs";
import instance from "./scenarios/instance.mjs";
import machines from "./scenarios/machines.mjs";
import oauth from "./scenarios/oauth.mjs";
import organizations from "./scenarios/organizations.mjs";
import roles from "./scenarios/roles.mjs";
import testing from "./scenarios/testing.mjs";
import users from "./scenarios/users.mjs";
import verify from "./scenarios/verify.mjs";
import webhooks from "./scenarios/webhooks.mjs";

const scenarios = [
  ...users,
  ...factors,
  ...organizations,
  ...roles,
  ...credentials,
  ...machines,
  ...oauth,
  ...instance,
  ...billing,
  ...verify,
  ...express,
  ...testing,
  // Last, to accept everything that the others caused.
  ...webhooks,
];
await run([...scenarios, offered(scenarios)]);
