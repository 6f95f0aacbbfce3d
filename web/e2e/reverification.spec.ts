import { enterCode } from "./codes";
import { codeFor } from "./mailbox";
import { expect, type Page, test } from "./own";
import { picture } from "./page-checks";
import { newPerson, signUp } from "./people";

const WINDOW_SECONDS = 10;

/** Waits until what was given last is too old to count. */
async function grownOld(since: number): Promise<void> {
  await expect
    .poll(() => Date.now() - since, { timeout: (WINDOW_SECONDS + 15) * 1000 })
    .toBeGreaterThan(WINDOW_SECONDS * 1000);
}

/** The dialog that asks again. */
const dialog = (page: Page) =>
  page.getByRole("dialog").filter({ hasText: "Verification required" });

async function addEmail(page: Page, address: string): Promise<void> {
  await page.getByRole("button", { name: "Add email address" }).click();
  await page.getByLabel("Email address").fill(address);
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

test("a sensitive change asks again after a while, and then goes on", async ({
  page,
  configure,
}) => {
  await configure(`[factors]\nreverification_after_seconds = ${WINDOW_SECONDS}\n`);
  const person = newPerson("doubted");
  await signUp(page, person);
  let given = Date.now();
  await page.goto("/user-profile");
  await expect(page.getByText("Profile details")).toBeVisible();
  const [second, third] = [newPerson("second").email, newPerson("third").email];

  await test.step("the password, and the change goes on by itself", async () => {
    await grownOld(given);
    await addEmail(page, second);
    await expect(dialog(page)).toBeVisible();
    await picture(page, "reverification-password");
    await dialog(page).getByLabel("Password", { exact: true }).fill("wrong-Ground-1");
    await dialog(page).getByRole("button", { name: "Continue" }).click();
    await expect(
      dialog(page)
        .getByText(/incorrect/i)
        .first(),
    ).toBeVisible();
    await dialog(page).getByLabel("Password", { exact: true }).fill(person.password);
    await dialog(page).getByRole("button", { name: "Continue" }).click();
    await expect(dialog(page)).toBeHidden();
    given = Date.now();
    await enterCode(page, await codeFor(second));
    await expect(page.getByText(second).first()).toBeVisible();
    await expect(page.getByText("Unverified")).toBeHidden();
  });

  await test.step("who closes the dialog has changed nothing", async () => {
    await grownOld(given);
    await addEmail(page, third);
    await expect(dialog(page)).toBeVisible();
    await page.getByRole("button", { name: "Close modal" }).click();
    await expect(dialog(page)).toBeHidden();
    await page.reload();
    await expect(page.getByText(second).first()).toBeVisible();
    await expect(page.getByText(third)).toBeHidden();
  });

  await test.step("a code by mail does as well", async () => {
    await addEmail(page, third);
    await dialog(page).getByRole("link", { name: "Use another method" }).click();
    await picture(page, "reverification-methods");
    await page
      .getByRole("button", { name: /^Email code to/ })
      .first()
      .click();
    await enterCode(page, await codeFor(person.email));
    await expect(dialog(page)).toBeHidden();
    await enterCode(page, await codeFor(third));
    await expect(page.getByText(third).first()).toBeVisible();
  });
});
