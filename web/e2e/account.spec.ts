import { enterCode, totp } from "./codes";
import { codeFor } from "./mailbox";
import { picture } from "./page-checks";
import { newPerson, signUp, unique } from "./people";
import { pngFile } from "./png";
import { expect, type Page, test } from "./test";

/** Answers the dialog that asks for the password again, where it comes. */
async function proveAgain(page: Page, password: string, then: () => Promise<void>): Promise<void> {
  const dialog = page.getByRole("dialog").getByLabel("Password", { exact: true });
  await dialog.waitFor({ timeout: 4_000 }).catch(() => undefined);
  if (await dialog.isVisible()) {
    await dialog.fill(password);
    await page.getByRole("dialog").getByRole("button", { name: "Continue" }).click();
  }
  await then();
}

test("everything that <UserProfile/> offers", async ({ page, browser }) => {
  const person = newPerson("keeper");
  await signUp(page, person);
  await page.goto("/user-profile");
  await expect(page.getByText("Profile details")).toBeVisible();

  await test.step("names and picture", async () => {
    await page.getByRole("button", { name: "Update profile" }).click();
    await page.getByLabel("First name").fill("Una");
    await page.getByLabel("Last name").fill("Keeper");
    await picture(page, "profile-edit");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Una Keeper").first()).toBeVisible();
    // The form folds away before it can be opened anew.
    await expect(page.locator("input[type=file]")).toHaveCount(0);
    await page.getByRole("button", { name: "Update profile" }).click();
    const stored = page.waitForResponse((answer) => answer.url().includes("/me/profile_image"));
    await page.locator("input[type=file]").setInputFiles(pngFile("me.png"));
    expect((await stored).status()).toBe(200);
    // It stays; and what the answer draws anew is no form that the next step is filling in.
    await page.reload();
    await expect(page.getByText("Una Keeper").first()).toBeVisible();
  });

  await test.step("a second e-mail address, verified by code", async () => {
    const second = newPerson("second").email;
    await page.getByRole("button", { name: "Add email address" }).click();
    await page.getByLabel("Email address").fill(second);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await proveAgain(page, person.password, async () => {
      await enterCode(page, await codeFor(second));
    });
    await expect(page.getByText("Enter the verification code")).toBeHidden();
    await expect(page.getByText(second).first()).toBeVisible();
    await expect(page.getByText("Unverified")).toBeHidden();
    await picture(page, "profile-emails");
  });

  await test.step("a phone number, verified by a message", async () => {
    const number = `+1415555${String(1000 + Math.floor(Math.random() * 8999))}`;
    await page.getByRole("button", { name: "Add phone number" }).click();
    await page.getByLabel("Phone number").fill(number.slice(2));
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await proveAgain(page, person.password, async () => {
      await enterCode(page, await codeFor(number));
    });
    await expect(page.getByText("Enter the verification code")).toBeHidden();
    await expect(page.getByText(/415.?.?555/).first()).toBeVisible();
    await picture(page, "profile-phones");
  });

  const password = `Moved-${unique()}-ground`;
  await test.step("the password", async () => {
    await page.goto("/user-profile/security");
    await page.getByRole("button", { name: "Update password" }).click();
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByLabel("Confirm password").fill(password);
    await picture(page, "security-password");
    await page.getByRole("button", { name: "Save" }).click();
    await proveAgain(page, person.password, async () => {
      await expect(page.getByLabel("Confirm password")).toBeHidden();
    });
  });

  let secret = "";
  let backup = "";
  await test.step("an authenticator, and backup codes", async () => {
    await page.getByRole("button", { name: "Add two-step verification" }).click();
    await page.getByRole("menuitem", { name: "Authenticator application" }).click();
    await proveAgain(page, password, async () => {
      await page.getByRole("button", { name: /can.t scan/i }).click();
    });
    secret = await page.locator("input[readonly]").first().inputValue();
    await picture(page, "security-authenticator");
    await page.getByRole("button", { name: "Continue" }).click();
    await enterCode(page, totp(secret));
    const codes = page.getByText(/^[a-z0-9]{8,}$/);
    await expect(codes.first()).toBeVisible();
    backup = (await codes.first().textContent()) ?? "";
    await picture(page, "security-backup-codes");
    await page.getByRole("button", { name: "Finish" }).click();
    await expect(page.getByText("Authenticator application")).toBeVisible();
  });

  await test.step("sign in with both factors elsewhere; the device is seen and revoked", async () => {
    const elsewhere = await (await browser.newContext()).newPage();
    await elsewhere.goto("/sign-in");
    await elsewhere.getByLabel("Email address").fill(person.email);
    await elsewhere.getByRole("button", { name: "Continue", exact: true }).click();
    await elsewhere.getByLabel("Password", { exact: true }).fill(password);
    await elsewhere.getByRole("button", { name: "Continue", exact: true }).click();
    await expect(elsewhere.getByRole("textbox", { name: /code/i }).first()).toBeVisible();
    await picture(elsewhere, "sign-in-authenticator");
    await elsewhere.getByRole("link", { name: "Use another method" }).click();
    await elsewhere.getByRole("button", { name: /backup code/i }).click();
    await elsewhere.getByLabel(/backup code/i).fill(backup);
    await elsewhere.getByRole("button", { name: "Continue", exact: true }).click();
    await elsewhere.waitForURL((url) => !url.pathname.startsWith("/sign-in"));

    await page.reload();
    await expect(page.getByText("This device")).toBeVisible();
    await picture(page, "security-devices");
    await page.getByRole("button", { name: "Open menu" }).last().click();
    await page.getByRole("menuitem", { name: "Sign out of device" }).click();
    await proveAgain(page, password, async () => undefined);
    await elsewhere.goto("/user-profile");
    await elsewhere.waitForURL(/\/sign-in/);
    await elsewhere.context().close();
  });

  await test.step("the account is deleted", async () => {
    await page.goto("/user-profile/security");
    await page.getByRole("button", { name: "Delete account" }).click();
    await page.getByLabel(/delete account/i).fill("Delete account");
    await picture(page, "security-delete");
    await page.getByRole("button", { name: "Delete account" }).last().click();
    await proveAgain(page, password, async () => undefined);
    await page.waitForURL((url) => !url.pathname.startsWith("/user-profile"));
  });
});
