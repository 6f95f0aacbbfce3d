import { existsSync } from "node:fs";

const SYSTEM_CHROMIUM = "/usr/bin/chromium";

/** What an installation says of itself, as `dev.env` has it. */
export type Variables = Record<string, string | undefined>;

let variables: Variables = process.env;

/** Lets all helpers speak to another installation; without one, to that of the environment again. */
export function speakTo(other?: Variables): void {
  variables = other ?? process.env;
}

/** Where things are in the installation that is spoken to. */
export const settings = {
  /** Where the page and its API are. */
  get appUrl() {
    return required("APP_URL").replace(/\/$/, "");
  },
  /** Where sent mail can be read. */
  get mailUrl() {
    return required("MAIL_URL").replace(/\/$/, "");
  },
  /** Clerk's Backend API, for the steps that need an operator. */
  get clerk() {
    return {
      url: required("CLERK_API_URL").replace(/\/(v1\/?)?$/, ""),
      key: required("CLERK_SECRET_KEY"),
    };
  },
  /** The operators' listener. */
  get internal() {
    return { url: required("INTERNAL_URL"), key: required("INTERNAL_API_KEY") };
  },
  /** What a command of the program needs to change something by itself. */
  get database() {
    return { DATABASE_URL: required("DATABASE_URL"), AUDIT_KEYS: required("AUDIT_KEYS") };
  },
  /** What webhooks of the identity provider are signed with. */
  get webhookSecret() {
    return required("CLERK_WEBHOOK_SIGNING_SECRET");
  },
  /** The identity provider's console, which answers to this machine's name. */
  get consoleUrl() {
    const url = new URL(required("CLERK_API_URL"));
    return `http://localhost:${url.port}/console`;
  },
  /** Where pictures of the pages are kept. */
  screenshots: process.env.SCREENSHOT_DIR ?? new URL("./screenshots", import.meta.url).pathname,
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
  const value = variables[name];
  if (!value)
    throw new Error(`${name} is not set. Start the development server and source its dev.env.`);
  return value;
}
