import { type BrowserContext, test as base, expect } from "@playwright/test";
import { note } from "./answers";

export { expect, type Page } from "@playwright/test";

/** The only names that a test may ask for anything. */
const THIS_MACHINE = ["localhost", "127.0.0.1"];

/**
 * Notes where a page breaks, breaks its own security policy, or asks anybody but this machine for
 * anything; and what the identity provider answers.
 */
function watch(context: BrowserContext, problems: string[]): void {
  const asked = (address: string) => {
    const { protocol, hostname, origin } = new URL(address);
    if (/^(http|ws)s?:$/.test(protocol) && !THIS_MACHINE.includes(hostname))
      problems.push(`asked ${origin}`);
  };
  context.on("request", (request) => asked(request.url()));
  context.on("response", note);
  context.on("page", (page) => page.on("websocket", (socket) => asked(socket.url())));
  context.on("weberror", (error) => {
    problems.push(error.error().stack ?? error.error().message);
  });
  context.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
  });
}

/** A test of which every browser window is watched, whoever opened it. */
export const test = base.extend<{ watched: undefined }>({
  watched: [
    async ({ browser }, use) => {
      const problems: string[] = [];
      const opened = (context: BrowserContext) => watch(context, problems);
      for (const context of browser.contexts()) opened(context);
      browser.on("context", opened);
      await use(undefined);
      browser.off("context", opened);
      expect(problems, "no page breaks, and no request leaves this machine").toEqual([]);
    },
    { auto: true },
  ],
});
