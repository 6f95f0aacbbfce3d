import { Installation } from "./installation";
import { speakTo } from "./settings";
import { test as watched } from "./test";

export { expect, type Page } from "./test";

interface Own {
  /** Puts an `idp.toml` in force, until the test ends. */
  configure: (toml: string) => Promise<void>;
  /** All helpers speak to the installation of one's own. */
  spokenTo: undefined;
}

/** A test in an installation of its own, whose settings it may change: no other test meets them. */
export const test = watched.extend<Own, { installation: Installation }>({
  installation: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what is needed from the pattern
    async ({}, use) => {
      const installation = await Installation.start();
      await use(installation);
      await installation.stop();
    },
    { scope: "worker", timeout: 240_000 },
  ],
  baseURL: async ({ installation }, use) => {
    await use(installation.variables.APP_URL);
  },
  spokenTo: [
    async ({ installation }, use) => {
      speakTo(installation.variables);
      await use(undefined);
      speakTo();
    },
    { auto: true },
  ],
  configure: async ({ installation }, use) => {
    await use((toml) => installation.configure(toml));
    await installation.configure("");
  },
});
