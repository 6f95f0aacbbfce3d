import { picture } from "./page-checks";
import { newPerson, signOut, signUp, unique } from "./people";
import { expect, type Page, test } from "./test";

/** Signs in at the local provider, as whoever was typed. */
async function consent(page: Page, email: string, picturedAs?: string): Promise<void> {
  await expect(page.getByRole("button", { name: "Refuse and go back" })).toBeVisible();
  if (picturedAs) await picture(page, picturedAs);
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel("Name", { exact: true }).fill("Sol Quay");
  await page.getByRole("button", { name: "Continue" }).click();
}

for (const provider of ["Google", "Microsoft", "GitHub"]) {
  test(`${provider}: somebody new, somebody known, and somebody who refuses`, async ({ page }) => {
    const email = `${provider.toLowerCase()}.${unique()}@example.test`;
    const button = () =>
      page.getByRole("button", { name: new RegExp(`with ${provider}|^${provider}`) });

    await test.step("signs up by signing in", async () => {
      await page.goto("/sign-in");
      await expect(button()).toBeVisible();
      if (provider === "Google") await picture(page, "sign-in-providers");
      await button().click();
      await consent(page, email, `provider-${provider.toLowerCase()}`);
      await page.waitForURL("**/org");
      await signOut(page);
    });

    await test.step("is known the next time", async () => {
      await page.goto("/sign-up");
      await button().click();
      await consent(page, email);
      await page.waitForURL("**/org");
      await page.goto("/user-profile");
      await expect(page.getByText(email).first()).toBeVisible();
      await picture(page, `profile-${provider.toLowerCase()}`);
      await page.goto("/org");
      await signOut(page);
    });

    await test.step("refuses, and is nobody", async () => {
      await page.goto("/sign-in");
      await button().click();
      await page.getByRole("button", { name: "Refuse and go back" }).click();
      await page.waitForURL(/\/sign-in/);
      await expect(button()).toBeVisible();
      await page.goto("/org");
      await page.waitForURL(/\/sign-in/);
    });
  });
}

test("a provider is connected in the profile, and disconnected", async ({ page }) => {
  await signUp(page, newPerson("linker"));
  await page.goto("/user-profile");
  await page.getByRole("button", { name: "Connect account" }).click();
  await page.getByRole("menuitem", { name: /GitHub/ }).click();
  await consent(page, `linked.${unique()}@example.test`);
  await page.waitForURL(/\/user-profile/);
  await expect(page.getByText(/GitHub/).first()).toBeVisible();
  await picture(page, "profile-connected");
  await page.getByRole("button", { name: "Open menu" }).last().click();
  await page.getByRole("menuitem", { name: /remove|disconnect/i }).click();
  await page
    .getByRole("button", { name: /remove|disconnect/i })
    .last()
    .click();
});
