import type { Locator } from "@playwright/test";
import { ask } from "./acting";
import { makeOperator } from "./operators";
import { check } from "./page-checks";
import { createOrganization, elsewhere, newPerson, signUp, unique } from "./people";
import { expect, type Page, test } from "./test";
import { sendWebhook, userCreated } from "./webhooks";

const SOON = { timeout: 20_000 };

function rows(page: Page, list: string): Locator {
  return page.getByRole("list", { name: list }).getByRole("listitem");
}

/** Goes on by the navigation. */
async function go(page: Page, name: string): Promise<void> {
  const link = page.getByRole("navigation").getByRole("link", { name });
  await link.filter({ visible: true }).click();
}

/** Opens the only row that has a text. */
async function open(page: Page, list: string, text: string): Promise<Locator> {
  const row = rows(page, list).filter({ hasText: text });
  await row.getByRole("button", { expanded: false }).click();
  return row;
}

test("those who operate the installation see how it is, and mend it", async ({ page, browser }) => {
  const run = unique();
  const slug = `mill-${run}`;
  const operator = newPerson("operator");
  const shared = newPerson("shared");

  await test.step("it is closed to everybody else, and says what it takes", async () => {
    await signUp(page, operator);
    await page.goto("/create-org");
    await createOrganization(page, `Mill ${run}`, slug);
    await expect(page.getByRole("link", { name: "Platform" })).toHaveCount(0);
    await page.goto("/platform");
    await expect(
      page.getByRole("heading", { name: "For those who operate this installation" }),
    ).toBeVisible();
    await check(page, "platform-closed");
  });

  await test.step("how it is, at a glance", async () => {
    await makeOperator(operator.email);
    await page.goto(`/org/${slug}/dashboard`);
    await page.getByRole("link", { name: "Platform" }).filter({ visible: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible(SOON);
    await check(page, "platform-overview");
  });

  await test.step("the way there from the choice of organizations", async () => {
    await page.goto("/org");
    await expect(page.getByRole("link", { name: `Mill ${run}` })).toBeVisible();
    await check(page, "platform-card");
    await page.getByRole("link", { name: "Platform" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible(SOON);
  });

  await test.step("an organization is found, with where it lives", async () => {
    await go(page, "Organizations");
    await page.getByRole("searchbox", { name: "Name, address or id" }).fill(slug);
    await expect(rows(page, "Organizations")).toHaveCount(1, SOON);
    const row = await open(page, "Organizations", `Mill ${run}`);
    await expect(row.getByText("tenant_shared")).toBeVisible(SOON);
    await expect(row.getByText(operator.email.split("@")[0] ?? "")).toBeVisible();
    const again = row.getByRole("button", { name: "Make the workspace again" });
    await expect(again).toBeDisabled();
    await again.focus();
    await expect(page.getByRole("tooltip")).toContainText("The workspace is made.");
    await check(page, "platform-organizations");
    await page.getByRole("searchbox").fill(`nowhere-${run}`);
    await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible(SOON);
    await check(page, "platform-organizations-none");
  });

  await test.step("a person is found by the address, with where they belong", async () => {
    await go(page, "People");
    await page.getByRole("searchbox").fill(operator.email);
    await page.keyboard.press("Enter");
    const row = await open(page, "People", operator.email);
    await expect(row.getByRole("region", { name: "Memberships" })).toContainText(`Mill ${run}`);
    await expect(row.getByRole("button", { name: "Sign in as…" })).toBeDisabled();
    await check(page, "platform-people");
    await page.getByRole("searchbox").fill(`nobody.${run}@example.test`);
    await page.getByRole("button", { name: "Find" }).click();
    await expect(page.getByRole("heading", { name: "Nobody" })).toBeVisible(SOON);
  });

  await test.step("what could not be processed is seen, read and replayed", async () => {
    const type = "user.updated";
    const { id, status } = await sendWebhook(JSON.stringify({ type, data: { id: 7 } }));
    expect(status).toBe(400);
    await page.goto("/platform/webhooks?state=dead");
    const row = await open(page, "Webhooks", id);
    await row.getByRole("button", { name: "Show what it says" }).click();
    await expect(row.getByRole("region", { name: "What it says" })).toContainText('"id": 7', SOON);
    await check(page, "platform-webhooks");
    await row.getByRole("button", { name: "Process again" }).click();
    await expect(page.getByText("The message is processed again.").first()).toBeVisible(SOON);
    // It is no better than before.
    await expect(async () => {
      await page.reload();
      await open(page, "Webhooks", id);
      await expect(page.getByText("Attempts")).toBeVisible();
    }).toPass(SOON);
    await page.getByRole("button", { name: "Process what was given up" }).click();
    await check(page, "platform-replay");
    await page.getByRole("button", { name: "Process again", exact: true }).last().click();
    await expect(page.getByText(/message(s)? on the way/).first()).toBeVisible(SOON);
  });

  await test.step("what a message says is shown without its secrets", async () => {
    await page.goto("/platform/webhooks?eventType=organization.created");
    await rows(page, "Webhooks").first().getByRole("button").click();
    await page.getByRole("button", { name: "Show what it says" }).click();
    await expect(page.getByRole("region", { name: "What it says" })).toContainText(
      "organization.created",
    );
    await check(page, "platform-webhook-payload");
  });

  const theirs = await elsewhere(browser);
  await test.step("whose address is somebody else's as well is told so", async () => {
    await sendWebhook(userCreated(`user_other${run}`, shared.email));
    await page.goto("/platform/people");
    await expect(async () => {
      await page.getByRole("searchbox").fill(shared.email);
      await page.getByRole("button", { name: "Find" }).click();
      await expect(rows(page, "People")).toHaveCount(1, { timeout: 2000 });
    }).toPass(SOON);
    const other = await open(page, "People", shared.email);
    await expect(other.getByRole("button", { name: "Sign in as…" })).toBeEnabled();
    await signUp(theirs, shared);
    await theirs.waitForURL("**/org");
    await theirs.getByRole("link", { name: "What that means" }).click();
    await expect(theirs.getByRole("heading", { name: "Your e-mail is in question" })).toBeVisible();
    await check(theirs, "email-conflict");
  });

  await test.step("operators see it, and say that they have looked", async () => {
    await page.goto("/platform/conflicts");
    const row = rows(page, "Conflicts").filter({ hasText: shared.email });
    await expect(row).toBeVisible(SOON);
    await check(page, "platform-conflicts");
    await row.getByRole("button", { name: "Mark as looked at" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Mark as looked at" }).click();
    await expect(row).toBeHidden(SOON);
    await theirs.waitForURL("**/org", { timeout: 30_000 });
    await expect(theirs.getByRole("link", { name: "What that means" })).toBeHidden();
    await theirs.context().close();
  });

  await test.step("a flag is made, and switched on for one organization", async () => {
    const flag = `mill_${run}`;
    await go(page, "Flags");
    await page.getByRole("button", { name: "New flag" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name in code").fill("Mill");
    await dialog.getByRole("button", { name: "Make it" }).click();
    await expect(dialog.getByRole("alert")).toContainText("small letter");
    await dialog.getByLabel("Name in code").fill(flag);
    await dialog.getByLabel("What it does").fill("Grinds finer.");
    await check(page, "platform-flag-new");
    await dialog.getByRole("button", { name: "Make it" }).click();
    await expect(dialog).toBeHidden(SOON);
    const row = await open(page, "Flags", flag);
    await row.getByRole("button", { name: "Switch on for one organization" }).click();
    await dialog.getByRole("searchbox").fill(slug);
    await dialog.getByRole("button", { name: `Choose Mill ${run}` }).click(SOON);
    await expect(dialog).toBeHidden(SOON);
    await expect(row.getByRole("switch", { name: `${flag} for Mill ${run}` })).toBeChecked(SOON);
    await row.getByRole("switch", { name: `${flag} for everybody` }).click();
    await expect(page.getByText(`${flag} is on now.`).first()).toBeVisible(SOON);
    await check(page, "platform-flags");
    // Somebody else switches it: the page follows.
    await ask(page, "PUT", `/platform/flags/${flag}`, { isEnabled: false });
    const forAll = row.getByRole("switch", { name: `${flag} for everybody` });
    await expect(forAll).not.toBeChecked(SOON);
    await row.getByRole("button", { name: "Remove the flag" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await expect(row).toBeHidden(SOON);
  });

  await test.step("support sees it all, and what it may not is said", async () => {
    await makeOperator(operator.email, "admin_staff");
    await page.goto("/platform/webhooks");
    await rows(page, "Webhooks").first().getByRole("button").click();
    const show = page.getByRole("button", { name: "Show what it says" });
    await expect(show).toBeDisabled();
    await show.focus();
    await expect(page.getByRole("tooltip")).toContainText("platform:read_payloads");
    await go(page, "Flags");
    await expect(page.getByRole("button", { name: "New flag" })).toBeDisabled();
  });

  await test.step("it fits a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto("/platform/organizations");
    await expect(rows(page, "Organizations").first()).toBeVisible(SOON);
    await check(page, "platform-phone");
    await page.goto("/platform/webhooks");
    await expect(rows(page, "Webhooks").first()).toBeVisible(SOON);
    await check(page, "platform-phone-webhooks");
  });

  await test.step("closed again with the role that ends, without a reload", async () => {
    await makeOperator(operator.email, "none");
    await expect(
      page.getByRole("heading", { name: "For those who operate this installation" }),
    ).toBeVisible(SOON);
  });
});
