import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { settings } from "./settings";

const SCHEMES = ["light", "dark"] as const;

/**
 * Looks at a page as it stands: nothing serious for axe in light and dark, no sideways scrolling,
 * and a picture of each kept under its name.
 */
export async function check(page: Page, name: string): Promise<void> {
  mkdirSync(settings.screenshots, { recursive: true });
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await settled(page);
    await page.screenshot({ path: join(settings.screenshots, `${name}-${scheme}.png`) });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => ({
        id,
        at: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
      }));
    expect(serious, `${name}, ${scheme}`).toEqual([]);
  }
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - window.innerWidth,
  );
  expect(sideways, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** Keeps a picture of a component that is Clerk's: what axe says of it is not ours to mend. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(settings.screenshots, { recursive: true });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await settled(page);
  await page.screenshot({ path: join(settings.screenshots, `${name}.png`) });
}

/** Waits until nothing on the page fades or moves. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.getAnimations().every((animation) => {
      const { iterations } = animation.effect?.getComputedTiming() ?? {};
      return animation.playState !== "running" || iterations === Number.POSITIVE_INFINITY;
    }),
  );
}
