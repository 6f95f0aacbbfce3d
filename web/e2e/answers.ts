import { appendFileSync } from "node:fs";
import type { Response } from "@playwright/test";

/** Where the provider's Frontend API is, on the page's own origin. */
const PREFIX = "/__clerk";

/** Its operations; beside them there are scripts and pictures. */
const OPERATIONS = /^\/(v1|oauth|\.well-known)\//;

/**
 * Notes what the identity provider answered to a browser, a line of JSON each, where a file is
 * named for it. `cargo xtask test` compares the notes with Clerk's documents.
 */
export async function note(response: Response): Promise<void> {
  const file = process.env.CLERK_ANSWERS;
  const url = new URL(response.url());
  const path = url.pathname.slice(PREFIX.length);
  if (!file || !url.pathname.startsWith(PREFIX) || !OPERATIONS.test(path)) return;
  const { location, "content-type": contentType } = response.headers();
  const answer = {
    method: response.request().method(),
    path: path + url.search,
    status: response.status(),
    contentType,
    location,
    body: await body(response),
    // They say their version in every request, which nobody else does.
    isToComponent: url.searchParams.has("_clerk_js_version"),
  };
  appendFileSync(file, `${JSON.stringify(answer)}\n`);
}

/** What was answered; none where the page left before it could be read. */
async function body(response: Response): Promise<string | undefined> {
  const status = response.status();
  if (status === 204 || (status >= 300 && status < 400)) return "";
  return response.text().catch(() => undefined);
}
