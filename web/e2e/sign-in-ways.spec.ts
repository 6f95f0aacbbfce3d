import { enterCode } from "./codes";
import { codeFor, linkFor } from "./mailbox";
import { picture } from "./page-checks";
import { inClerkMenu, newPerson, signIn, signOut, signUp, unique } from "./people";
import { expect, type Page, test } from "./test";

async function identify(page: Page, email: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByLabel("Password", { exact: true })).toBeVisible();
}

const inside = (url: URL) => !url.pathname.startsWith("/sign-in");

test("a code, a link, a phone, and a password that was forgotten", async ({ page, browser }) => {
  const person = newPerson("rover");
  await signUp(page, person);
  await page.waitForURL("**/org");
  await signOut(page);

  await test.step("a code by mail", async () => {
    await identify(page, person.email);
    await page.getByRole("link", { name: "Use another method" }).click();
    await picture(page, "sign-in-methods");
    await page.getByRole("button", { name: /email code/i }).click();
    await enterCode(page, await codeFor(person.email));
    await page.waitForURL(inside);
    await signOut(page);
  });

  await test.step("a link by mail, opened in another tab of the same browser", async () => {
    await identify(page, person.email);
    await page.getByRole("link", { name: "Use another method" }).click();
    await page.getByRole("button", { name: /email link/i }).click();
    await expect(page.getByText(/check your email/i)).toBeVisible();
    await picture(page, "sign-in-link");
    const tab = await page.context().newPage();
    await tab.goto(await linkFor(person.email));
    await tab.waitForURL(inside);
    await tab.close();
    await page.goto("/org");
    await expect(page.getByRole("heading", { name: "Organizations" })).toBeVisible();
    await signOut(page);
  });

  await test.step("a link that another browser opens does not sign that one in", async () => {
    await identify(page, person.email);
    await page.getByRole("link", { name: "Use another method" }).click();
    await page.getByRole("button", { name: /email link/i }).click();
    await expect(page.getByText(/check your email/i)).toBeVisible();
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(await linkFor(person.email));
    await stranger.goto("/org");
    await stranger.waitForURL(/\/sign-in/);
    await stranger.context().close();
  });

  const password = `Found-${unique()}-again`;
  await test.step("a forgotten password", async () => {
    await identify(page, person.email);
    await page.getByRole("link", { name: /forgot password/i }).click();
    await page.getByRole("button", { name: "Reset your password" }).click();
    await enterCode(page, await codeFor(person.email));
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByLabel("Confirm password").fill(password);
    await picture(page, "sign-in-reset");
    await page.getByRole("button", { name: "Reset Password" }).click();
    await page.waitForURL(inside);
    await signOut(page);
    await signIn(page, { email: person.email, password });
  });
});

test("two people in one browser, switched by the user button", async ({ page }) => {
  const [first, second] = [newPerson("first"), newPerson("second")];
  await signUp(page, first);
  await page.waitForURL("**/org");
  await page
    .getByRole("button", { name: /user (button|menu)/i })
    .filter({ visible: true })
    .click();
  await inClerkMenu(page, /add account/i).click();
  await page.waitForURL(/\/sign-in/);
  await page.getByRole("link", { name: "Sign up" }).click();
  await page.getByLabel("Email address").fill(second.email);
  await page.getByLabel("Password", { exact: true }).fill(second.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await enterCode(page, await codeFor(second.email));
  await page.waitForURL((url) => !/^\/sign-(in|up)/.test(url.pathname));
  await page.goto("/org");
  await page
    .getByRole("button", { name: /user (button|menu)/i })
    .filter({ visible: true })
    .click();
  await expect(page.getByText(first.email)).toBeVisible();
  await expect(page.getByText(second.email).first()).toBeVisible();
  await picture(page, "user-button-two-people");
  await page.getByText(first.email).click();
  await expect
    .poll(() =>
      page.evaluate(() => {
        const { Clerk } = window as unknown as {
          Clerk: { user?: { primaryEmailAddress?: { emailAddress: string } } };
        };
        return Clerk.user?.primaryEmailAddress?.emailAddress;
      }),
    )
    .toBe(first.email);
});
