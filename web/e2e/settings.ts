import { existsSync } from "node:fs";

const SYSTEM_CHROMIUM = "/usr/bin/chromium";

/** What the running installation tells the tests, as `dev.env` has it. */
export const settings = {
  /** Where the page and its API are. */
  appUrl: required("APP_URL").replace(/\/$/, ""),
  /** Where sent mail can be read. */
  mailUrl: required("MAIL_URL").replace(/\/$/, ""),
  /** Where pictures of the pages are kept. */
  screenshots: process.env.SCREENSHOT_DIR ?? new URL("./screenshots", import.meta.url).pathname,
  /** Clerk's Backend API, for the steps that need an operator. */
  clerk: () => ({
    url: required("CLERK_API_URL").replace(/\/(v1\/?)?$/, ""),
    key: required("CLERK_SECRET_KEY"),
  }),
};

/** The browser to use: a named one, the system's, else Playwright's own. */
export function chromiumPath(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  return existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined;
}

/** The browser's arguments: no sandbox as root, where it cannot work, and no name but this machine's. */
export function chromiumArgs(): string[] {
  const root = process.getuid?.() === 0;
  return [
    ...(root ? ["--no-sandbox"] : []),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  ];
}

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set. Start the development server and source its dev.env.`);
  return value;
}
