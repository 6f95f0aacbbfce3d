import { enterCode } from "./codes";
import { codeFor } from "./mailbox";
import { picture } from "./page-checks";
import { elsewhere, fillSignIn, newPerson, newPhone, signUp } from "./people";
import { expect, test } from "./test";

test("a message to a phone as the second step", async ({ page, browser }) => {
  const [person, number] = [newPerson("twostep"), newPhone()];
  await signUp(page, person);

  await test.step("a number is added and enrolled in the profile", async () => {
    await page.goto("/user-profile/security");
    await page.getByRole("button", { name: "Add two-step verification" }).click();
    await page.getByRole("menuitem", { name: "SMS code" }).click();
    await page.getByRole("button", { name: "Add phone number" }).click();
    await page.getByRole("textbox", { name: "Phone number" }).fill(number);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await enterCode(page, await codeFor(`+1${number}`));
    await expect(page.getByText("SMS code verification enabled")).toBeVisible();
    await picture(page, "security-sms-done");
    await page.getByRole("button", { name: "Finish" }).click();
    await expect(page.getByText("Default", { exact: true })).toBeVisible();
    await picture(page, "security-sms");
  });

  const other = await elsewhere(browser);
  await test.step("the password alone does not get in any more", async () => {
    await fillSignIn(other, person);
    await expect(other.getByText(/check your phone/i)).toBeVisible();
    await picture(other, "sign-in-sms");
    await codeFor(`+1${number}`);
    await other.goto("/org");
    await other.waitForURL(/\/sign-in/);
  });

  await test.step("a wrong code is refused, the right one gets in", async () => {
    await fillSignIn(other, person);
    const right = await codeFor(`+1${number}`);
    const wrong = String((Number(right) + 1) % 1_000_000).padStart(6, "0");
    await enterCode(other, wrong);
    await expect(other.getByText(/incorrect/i).first()).toBeVisible();
    await picture(other, "sign-in-sms-wrong");
    await expect(other.getByRole("textbox", { name: /code/i }).first()).toHaveValue("");
    await enterCode(other, right);
    await other.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    await other.context().close();
  });

  await test.step("it is removed, and one step is enough again", async () => {
    await page.reload();
    await expect(page.getByText("Default", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Open menu" }).filter({ visible: true }).nth(0).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Remove" }).last().click();
    await expect(page.getByText("Default", { exact: true })).toBeHidden();
  });
});
