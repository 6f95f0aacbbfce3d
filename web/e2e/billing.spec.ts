import { claims } from "./claims";
import { picture } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { expect, test } from "./test";

test("a plan is chosen, paid by a stored card, in the token, and cancelled", async ({ page }) => {
  const run = unique();
  await signUp(page, newPerson("treasurer"));
  await page.goto("/create-org");
  await createOrganization(page, `Ledger ${run}`, `ledger-${run}`);

  await test.step("the table shows what is active", async () => {
    await page.goto("/plans");
    await expect(page.getByText("Always free")).toBeVisible();
    await expect(page.getByText("Active", { exact: true })).toBeVisible();
    await picture(page, "plans");
    expect((await claims(page)).pla).toBe("o:starter");
  });

  await test.step("subscribe", async () => {
    await page.getByRole("button", { name: "Subscribe" }).click();
    await expect(page.getByRole("heading", { name: "Checkout" })).toBeVisible();
    await expect(page.getByRole("button", { name: /^Pay / })).toBeVisible();
    await picture(page, "checkout");
    await page.getByRole("button", { name: /^Pay / }).click();
    await expect(page.getByText("Payment was successful!")).toBeVisible();
    await page.getByRole("button", { name: "Continue" }).click();
    await expect.poll(async () => (await claims(page)).pla).toBe("o:pro");
    expect((await claims(page)).fea).toContain("o:dedicated_schema");
  });

  await test.step("the billing tab shows it, with its statement and its payment", async () => {
    await page.goto("/organization-profile/organization-billing");
    await expect(page.getByText("Pro", { exact: true }).first()).toBeVisible();
    await picture(page, "billing");
    await page.getByRole("tab", { name: "Statements" }).click();
    await expect(page.getByRole("row").nth(1)).toBeVisible();
    await picture(page, "billing-statements");
    await page.getByRole("tab", { name: "Payments" }).click();
    await expect(page.getByText("Paid").first()).toBeVisible();
    await picture(page, "billing-payments");
  });
});
