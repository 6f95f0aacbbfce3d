import { randomBytes, randomInt } from "node:crypto";
import { type Browser, expect, type Locator, type Page } from "@playwright/test";
import { codeFor } from "./mailbox";

/** Somebody who signs up. */
export interface Person {
  email: string;
  password: string;
}

/** Somebody whom no earlier run has met. */
export function newPerson(name: string): Person {
  return {
    email: `${name}.${unique()}@example.test`,
    password: `Ground-${randomBytes(9).toString("hex")}`,
  };
}

/** A few letters that no earlier run has used. */
export function unique(): string {
  return randomBytes(4).toString("hex");
}

/** Signs up through Clerk's own component, with the code from the mailbox. */
export async function signUp(page: Page, person: Person): Promise<void> {
  await fillSignUp(page, person);
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-up"));
}

/** The same, wherever that leads. */
export async function fillSignUp(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("Email address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  const code = page.getByRole("textbox", { name: /verification code/i });
  await expect(code).toBeVisible();
  await code.pressSequentially(await codeFor(person.email), { delay: 20 });
}

/** Signs in with the password, through Clerk's own component, from wherever the page is. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await fillSignIn(page, person);
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

/** The same, wherever that leads. */
export async function fillSignIn(page: Page, person: Person): Promise<void> {
  if (!new URL(page.url(), "http://x").pathname.startsWith("/sign-in")) await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(person.email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
}

/** A window of a browser in which nobody is signed in. */
export async function elsewhere(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

/** A phone number that no earlier run has used. */
export function newPhone(): string {
  return `415555${String(1000 + randomInt(9000))}`;
}

/** Signs out through the user button. */
export async function signOut(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: /user (button|menu)/i })
    .filter({ visible: true })
    .click();
  await inClerkMenu(page, /sign out/i).click();
  await page.waitForURL((url) => url.pathname === "/");
  await expect(page.getByRole("link", { name: "Sign in" }).first()).toBeVisible();
}

/** Makes an organization through Clerk's own component and waits until its dashboard stands. */
export async function createOrganization(page: Page, name: string, slug: string): Promise<void> {
  await page.waitForURL(/\/create-org/);
  await page.getByLabel("Name", { exact: true }).fill(name);
  const address = page.getByLabel("Slug", { exact: true });
  if (await address.isVisible()) await address.fill(slug);
  await page.getByRole("button", { name: "Create organization" }).click();
  const skip = page.getByRole("button", { name: "Skip" });
  await expect(skip.or(page.getByRole("main").getByText(name).first())).toBeVisible();
  if (await skip.isVisible()) await skip.click();
  await page.waitForURL(`**/org/${slug}/dashboard`);
  await expect(page.getByText(`of ${name}.`)).toBeVisible({ timeout: 60_000 });
}

/** An entry of a popover of Clerk's: a button or a menu item, as its version has it. */
export function inClerkMenu(page: Page, name: RegExp): Locator {
  return page
    .getByRole("menuitem", { name })
    .or(page.getByRole("dialog").getByRole("button", { name }));
}
