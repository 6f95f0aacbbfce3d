import { claims } from "./claims";
import { distrustPassword } from "./clerk";
import { enterCode, totp } from "./codes";
import { codeFor } from "./mailbox";
import { expect, type Page, test } from "./own";
import { picture } from "./page-checks";
import {
  elsewhere,
  fillSignIn,
  fillSignUp,
  newPerson,
  newPhone,
  signIn,
  signUp,
  unique,
} from "./people";

/** Waits for a task, and makes sure that it is in the way of everything else. */
async function stopsAt(page: Page, task: string): Promise<void> {
  const at = new RegExp(`/sign-(in|up)/tasks/${task}`);
  await page.waitForURL(at);
  await page.goto("/dashboard");
  await page.waitForURL(at);
}

test("an organization has to be chosen before anything else", async ({
  page,
  browser,
  configure,
}) => {
  await configure("[organizations]\nforce_organization_selection = true\n");
  const person = newPerson("chooser");
  const slug = `pier-${unique()}`;

  await test.step("who has none makes one", async () => {
    await fillSignUp(page, person);
    await stopsAt(page, "choose-organization");
    await expect(page.getByText("Setup your organization")).toBeVisible();
    await picture(page, "task-create-organization");
    await page.getByLabel("Name", { exact: true }).fill("Pier");
    await page.getByLabel("Slug", { exact: true }).fill(slug);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await page.waitForURL(`**/org/${slug}/dashboard`);
    expect((await claims(page)).o).toMatchObject({ slg: slug });
  });

  await test.step("who has one takes it", async () => {
    const other = await elsewhere(browser);
    await fillSignIn(other, person);
    await stopsAt(other, "choose-organization");
    await expect(other.getByText("Choose an organization")).toBeVisible();
    await picture(other, "task-choose-organization");
    await other.getByRole("button", { name: /Pier/ }).click();
    await other.waitForURL(`**/org/${slug}/dashboard`);
    await other.context().close();
  });
});

test("a password that is known to others has to be replaced", async ({ page, browser }) => {
  const person = newPerson("leaked");
  await signUp(page, person);
  await distrustPassword(person.email);
  const password = `Ground-${unique()}-anew`;

  const other = await elsewhere(browser);
  await test.step("the old one leads to the new one, and no further", async () => {
    await fillSignIn(other, person);
    await stopsAt(other, "reset-password");
    await expect(other.getByText("requires a new password")).toBeVisible();
    await other.getByLabel("New password", { exact: true }).fill(password);
    await other.getByLabel("Confirm password").fill(password);
    await picture(other, "task-reset-password");
    await other.getByRole("button", { name: "Reset Password" }).click();
    await other.waitForURL("**/org");
    await other.context().close();
  });

  await test.step("then the new one counts, and the old one does not", async () => {
    const third = await elsewhere(browser);
    await fillSignIn(third, person);
    await expect(third.getByText(/password is incorrect/i).first()).toBeVisible();
    await third.getByLabel("Password", { exact: true }).fill(password);
    await third.getByRole("button", { name: "Continue", exact: true }).click();
    await third.waitForURL("**/org");
    await third.context().close();
  });
});

test("a second factor has to be set up: an authenticator", async ({ page, browser, configure }) => {
  await configure("[factors]\nrequired = true\n");
  const person = newPerson("careful");
  await fillSignUp(page, person);
  await stopsAt(page, "setup-mfa");
  await expect(page.getByText("Set up two-step verification")).toBeVisible();
  await picture(page, "task-setup-mfa");
  await page.getByRole("button", { name: "Authenticator application" }).click();
  await page.getByRole("button", { name: /can.t scan/i }).click();
  const secret = await page.locator("input[readonly]").first().inputValue();
  await picture(page, "task-authenticator");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await enterCode(page, totp(secret));
  await expect(page.getByText("Two-step verification is now enabled")).toBeVisible();
  await picture(page, "task-authenticator-done");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.waitForURL("**/org");

  const other = await elsewhere(browser);
  await fillSignIn(other, person);
  await enterCode(other, totp(secret, 1));
  await other.waitForURL("**/org");
  await other.context().close();
});

test("a second factor has to be set up: messages to a phone", async ({
  page,
  browser,
  configure,
}) => {
  await configure("[factors]\nrequired = true\n");
  const [person, number] = [newPerson("reachable"), newPhone()];
  await fillSignUp(page, person);
  await stopsAt(page, "setup-mfa");
  await page.getByRole("button", { name: "SMS code" }).click();
  await page.getByRole("textbox", { name: "Phone number" }).fill(number);
  await picture(page, "task-phone");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await enterCode(page, await codeFor(`+1${number}`));
  await expect(page.getByText("Two-step verification is now enabled")).toBeVisible();
  await picture(page, "task-phone-done");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.waitForURL("**/org");

  await test.step("nobody is asked a second time to set it up", async () => {
    const other = await elsewhere(browser);
    await fillSignIn(other, person);
    await enterCode(other, await codeFor(`+1${number}`));
    await other.waitForURL("**/org");
    await other.context().close();
  });

  await test.step("nor for a second factor where none is demanded any more", async () => {
    await configure("");
    const free = newPerson("free");
    const other = await elsewhere(browser);
    await signUp(other, free);
    await other.context().close();
    const again = await elsewhere(browser);
    await signIn(again, free);
    await again.context().close();
  });
});
