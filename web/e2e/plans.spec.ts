import { check, picture } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { expect, test } from "./test";

const SOON = { timeout: 15_000 };
/** A move of a small organization's data takes a second; the machine may have other things to do. */
const MOVED = { timeout: 60_000 };

test("a full organization goes on to a plan with more room, and sees its data move", async ({
  page,
}) => {
  const run = unique();
  const slug = `harvest-${run}`;
  await signUp(page, newPerson("farmer"));
  await page.goto("/create-org");
  await createOrganization(page, `Harvest ${run}`, slug);
  const badge = (plan: RegExp) => page.getByRole("link", { name: plan }).filter({ visible: true });

  await test.step("the last seat is taken, and the page says what that means", async () => {
    await expect(badge(/^Plan: Starter/)).toBeVisible();
    await page.goto(`/org/${slug}/team`);
    await page.getByRole("button", { name: "Invite" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail addresses").fill(newPerson("hand").email);
    await dialog.getByRole("button", { name: "Invite" }).click();
    await expect(dialog).toBeHidden(SOON);
    const full = page.getByRole("region", { name: "Every seat is taken" });
    await expect(full).toBeVisible(SOON);
    await expect(page.getByRole("button", { name: "Invite" })).toHaveAccessibleDescription(
      /^The plan allows 2 people/,
    );
    await check(page, "seats-full");
    await full.getByRole("link", { name: "Plans" }).press("Enter");
    await page.waitForURL(`**/org/${slug}/settings/billing`);
  });

  await test.step("the page of the plan says what there is", async () => {
    await expect(page.getByRole("heading", { level: 1, name: "Plan and billing" })).toBeVisible();
    await expect(page.getByText("2 of 2 people, whoever is invited included.")).toBeVisible();
    await expect(page.getByText("Always free")).toBeVisible(SOON);
    await picture(page, "plan-starter");
  });

  await test.step("subscribed, the badge says so at once and the data moves", async () => {
    await page.getByRole("button", { name: "Subscribe" }).click();
    await expect(page.getByRole("heading", { name: "Checkout" })).toBeVisible(SOON);
    await page.getByRole("button", { name: /^Pay / }).click();
    await expect(page.getByText("Payment was successful!")).toBeVisible(SOON);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(badge(/^Plan: Pro/)).toBeVisible(SOON);
    await picture(page, "plan-moving");
    await expect(page.getByText("In a schema of its own.")).toBeVisible(MOVED);
    await expect(badge(/^Plan: Pro$/)).toBeVisible(MOVED);
    await expect(page.getByText("2 of 10 people, whoever is invited included.")).toBeVisible(SOON);
    await expect(page.getByRole("region", { name: "Every seat is taken" })).toBeHidden();
    await picture(page, "plan-pro");
  });

  await test.step("there is room, and the way back from the settings", async () => {
    await page.goto(`/org/${slug}/team`);
    await expect(page.getByRole("button", { name: "Invite" })).toBeEnabled(SOON);
    await page.goto(`/org/${slug}/settings`);
    await check(page, "settings-plan");
    await page.getByRole("link", { name: "Plan and billing" }).click();
    await page.waitForURL(`**/org/${slug}/settings/billing`);
  });

  await test.step("it fits a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(badge(/^Plan: Pro$/)).toBeVisible();
    await expect(page.getByText("Always free")).toBeVisible(SOON);
    await picture(page, "plan-phone");
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect(sideways).toBeLessThanOrEqual(0);
  });
});
