import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { organizationId } from "./clerk";
import { BINARY, INHERITED } from "./installation";
import { settings } from "./settings";

const run = promisify(execFile);

/** Makes somebody an operator, as whoever runs the server would; `none` ends that. */
export async function makeOperator(
  email: string,
  role: "super_admin" | "admin_staff" | "none" = "super_admin",
): Promise<void> {
  const env = Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]));
  // Their first visit may be under way.
  await expect(async () => {
    await run(BINARY, ["admin", "grant", email, "--role", role], {
      env: { ...env, ...settings.database },
    });
  }).toPass({ timeout: 20_000 });
}

/** Says what an organization pays for, as another service would on the operators' listener. */
export async function setPlan(slug: string, planSlug: "starter" | "pro"): Promise<void> {
  const { url, key } = settings.internal;
  const answer = await fetch(`${url}/internal/orgs/plan-sync`, {
    method: "POST",
    headers: { "x-api-key": key, "content-type": "application/json" },
    body: JSON.stringify({ clerkOrgId: await organizationId(slug), planSlug }),
  });
  expect(answer.status, await answer.text()).toBe(200);
}
