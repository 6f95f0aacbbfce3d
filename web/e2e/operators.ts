import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
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
