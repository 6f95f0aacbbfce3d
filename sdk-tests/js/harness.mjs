// Runs steps one after the other and says of each what came of it. A step is a call of an SDK,
// named by the operation of the Backend API that it is for (null where it is for none). Its label
// begins with the method of the SDK that it calls.
import assert from "node:assert/strict";

const env = process.env;
const notOffered = new Set(env.NOT_OFFERED.split(","));

/** Where the provider is, and its keys. */
export const stage = {
  backend: env.BACKEND_URL,
  frontend: env.FRONTEND_URL,
  home: env.HOME_URL,
  secretKey: env.SECRET_KEY,
  publishableKey: env.PUBLISHABLE_KEY,
  webhookSecret: env.WEBHOOK_SECRET,
};

/** What the provider's tests see behind it: `findings`, `mails`, `webhooks`; `rotate` turns. */
export async function behind(what, method = "GET") {
  const response = await fetch(`${env.DOOR_URL}/${what}`, { method });
  return response.json();
}

/** Tells the provider's tests something: what is `offered`, which webhooks are `verified`. */
export async function tell(what, body) {
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  assert.equal((await fetch(`${env.DOOR_URL}/${what}`, request)).status, 200);
}

/** A name that nobody else uses. */
let count = 0;
export function unique(prefix) {
  count += 1;
  return `${prefix}${process.pid}x${count}`;
}

/** An address whose code is known. */
export function address() {
  return `${unique("js")}+clerk_test@northwind.example`;
}

/** A picture of one pixel. */
export function picture() {
  const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  return new File([Buffer.from(png, "base64")], "picture.png", {
    type: "image/png",
  });
}

/** Runs the scenarios; ends the process with 1 where a step failed. */
export async function run(scenarios) {
  let failed = 0;
  for (const { name, steps } of scenarios) {
    const state = {};
    for (const [operation, label, call] of steps) {
      if (notOffered.has(operation)) {
        continue;
      }
      const problem = await attempt(call, state);
      const title = `${name}: ${label}${operation ? ` (${operation})` : ""}`;
      console.log(problem ? `FAILED ${title}\n${problem}` : `ok ${title}`);
      failed += problem ? 1 : 0;
    }
  }
  process.exit(failed ? 1 : 0);
}

async function attempt(call, state) {
  let problem = "";
  try {
    await call(state);
  } catch (error) {
    const details = error.errors ? `\n  ${JSON.stringify(error.errors)}` : "";
    problem = `  ${error.stack ?? error}${details}`;
  }
  const findings = await behind("findings");
  return [problem, ...findings].filter(Boolean).join("\n");
}
