import { expect, type Page } from "@playwright/test";
import { settings } from "./settings";

/** Goes into the identity provider's console, by the instance's secret key. */
export async function enterConsole(page: Page): Promise<void> {
  await page.goto(settings.consoleUrl);
  await page.getByLabel("Secret key").fill(settings.clerk.key);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
}

/** Opens the page of a user. */
export async function openUser(page: Page, email: string): Promise<void> {
  await page.goto(`${settings.consoleUrl}/users?q=${encodeURIComponent(email)}`);
  await page.getByRole("row").filter({ hasText: email }).getByRole("link").click();
  await expect(page.getByRole("heading", { name: "Identification" })).toBeVisible();
}
