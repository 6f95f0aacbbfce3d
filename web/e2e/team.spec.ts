import type { Locator } from "@playwright/test";
import { linkFor } from "./mailbox";
import { check } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { expect, type Page, test } from "./test";

const SOON = { timeout: 15_000 };

function row(page: Page, name: string): Locator {
  return page
    .getByRole("list", { name: "Members of the organization" })
    .getByRole("listitem")
    .filter({ hasText: name });
}

async function more(page: Page, name: string, item: RegExp): Promise<void> {
  await row(page, name)
    .getByRole("button", { name: /^More about/ })
    .click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("a team is brought in, given rights, suspended and let go", async ({ page, browser }) => {
  const run = unique();
  const slug = `guild-${run}`;
  const [guest, clerk] = [newPerson("guest"), newPerson("clerk")];

  await signUp(page, newPerson("owner"));
  await page.goto("/create-org");
  await createOrganization(page, `Guild ${run}`, slug);
  await page.goto(`/org/${slug}/team`);
  await expect(page.getByRole("heading", { level: 1, name: "Team" })).toBeVisible();

  await test.step("invite somebody; a wrong address is told at once", async () => {
    await page.getByRole("button", { name: "Invite" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail addresses").fill("nobody");
    await expect(dialog.getByText("Not an address: nobody")).toBeVisible();
    await check(page, "team-invite");
    await dialog.getByLabel("E-mail addresses").fill(guest.email);
    await dialog.getByRole("combobox", { name: "Role" }).click();
    await page.getByRole("option", { name: "Viewer" }).click();
    await dialog.getByRole("button", { name: "Invite" }).click();
    await expect(dialog).toBeHidden(SOON);
    await page.getByRole("tab", { name: "Invitations" }).click();
    await expect(
      page.getByRole("list", { name: "Invitations" }).getByText(guest.email),
    ).toBeVisible(SOON);
    await check(page, "team-invitations");
  });

  const theirs = await (await browser.newContext()).newPage();
  await test.step("the guest comes by the mail, and shows up without a reload", async () => {
    await theirs.goto(await linkFor(guest.email));
    await theirs.getByLabel("Password", { exact: true }).fill(guest.password);
    await theirs.getByRole("button", { name: "Continue", exact: true }).click();
    await theirs.waitForURL(`**/org/${slug}/dashboard`);
    await page.getByRole("tab", { name: "Members" }).click();
    await expect(row(page, guest.email)).toBeVisible(SOON);
    await check(page, "team-members");
  });

  await test.step("as a viewer they see the team, and what they would need", async () => {
    await theirs.goto(`/org/${slug}/team`);
    await expect(theirs.getByRole("button", { name: "Invite" })).toBeDisabled();
    await theirs.goto(`/org/${slug}/audit`);
    await expect(theirs.getByRole("heading", { name: "You may not see this" })).toBeVisible();
    await expect(theirs.getByText("audit:read")).toBeVisible();
    await check(theirs, "access-denied");
  });

  await test.step("a grant opens at once what it names", async () => {
    await theirs.goto(`/org/${slug}/projects`);
    await expect(theirs.getByRole("button", { name: "New project" })).toBeDisabled();
    await more(page, guest.email, /Grants/);
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("checkbox", { name: "Create Projects" }).click();
    await expect(dialog.getByRole("checkbox", { name: "View Projects" })).toBeChecked();
    await check(page, "team-grants");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden(SOON);
    await expect(theirs.getByRole("button", { name: "New project" })).toBeEnabled(SOON);
  });

  await test.step("suspended, they are out of the open page, and in again by themselves", async () => {
    await more(page, guest.email, /Suspend/);
    await page.getByRole("button", { name: "Suspend", exact: true }).click();
    await expect(
      theirs.getByRole("heading", { name: /Your membership of Guild .* is suspended/ }),
    ).toBeVisible(SOON);
    await check(theirs, "suspended");
    await page.getByRole("combobox", { name: "Which members" }).click();
    await page.getByRole("option", { name: "Suspended" }).click();
    await more(page, guest.email, /Let in again/);
    await expect(theirs.getByRole("button", { name: "New project" })).toBeEnabled({
      timeout: 30_000,
    });
    await page.getByRole("combobox", { name: "Which members" }).click();
    await page.getByRole("option", { name: "Active" }).click();
  });

  await test.step("a new role is in force in the open page", async () => {
    await row(page, guest.email)
      .getByRole("combobox", { name: /^Role of/ })
      .click();
    await page.getByRole("option", { name: "Admin" }).click();
    await theirs.goto(`/org/${slug}/team`);
    // There may be two, and they are two: it is the plan that is in the way now, not the role.
    await expect(theirs.getByRole("button", { name: "Invite" })).toHaveAccessibleDescription(
      /^The plan allows 2 people/,
      SOON,
    );
    await expect(
      theirs.getByRole("button", { name: /Your role does not decide over/ }),
    ).toBeVisible();
    await check(theirs, "team-as-admin");
  });

  await test.step("removed, they are out", async () => {
    await page.getByRole("tab", { name: "Members" }).click();
    await more(page, guest.email, /Remove/);
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await expect(row(page, guest.email)).toBeHidden(SOON);
    await expect(
      theirs.getByRole("heading", { name: "Not one of your organizations" }),
    ).toBeVisible({ timeout: 30_000 });
  });

  await test.step("an invitation for the seat that is free is taken back", async () => {
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("dialog").getByLabel("E-mail addresses").fill(clerk.email);
    await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
    await page.getByRole("tab", { name: "Invitations" }).click();
    await page.getByRole("button", { name: `Take back ${clerk.email}` }).click(SOON);
    await page.getByRole("button", { name: "Take back", exact: true }).click();
    await expect(page.getByRole("button", { name: `Take back ${clerk.email}` })).toBeHidden(SOON);
  });

  await test.step("it fits a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`/org/${slug}/team`);
    await expect(page.getByRole("list", { name: "Members of the organization" })).toBeVisible();
    await check(page, "team-phone");
  });

  await theirs.context().close();
});
