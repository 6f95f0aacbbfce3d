// Everything that the JavaScript SDKs are asked to do, in order.
import { run } from "./harness.mjs";
import credentials from "./scenarios/credentials.mjs";
import express from "./scenarios/express.mjs";
import instance from "./scenarios/instance.mjs";
import machines from "./scenarios/machines.mjs";
import organizations from "./scenarios/organizations.mjs";
import testing from "./scenarios/testing.mjs";
import users from "./scenarios/users.mjs";
import verify from "./scenarios/verify.mjs";

await run([
  ...users,
  ...organizations,
  ...credentials,
  ...machines,
  ...instance,
  ...verify,
  ...express,
  ...testing,
]);
