import { linkFor } from "./mailbox";
import { picture } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { expect, type Page, test } from "./test";

/** Opens a page of Clerk's organization panel. */
async function panel(page: Page, path = ""): Promise<void> {
  await page.goto(`/organization-profile${path}`);
  await expect(page.getByText("Manage your organization.")).toBeVisible();
}

test("everything that <OrganizationProfile/> offers", async ({ page, browser }) => {
  const run = unique();
  const [owner, guest, asker] = [newPerson("owner"), newPerson("guest"), newPerson("asker")];
  await signUp(page, owner);
  await page.goto("/create-org");
  await createOrganization(page, `Quay ${run}`, `quay-${run}`);

  await test.step("name and address", async () => {
    await panel(page);
    await page.getByRole("button", { name: "Update profile" }).click();
    await page.getByLabel("Name", { exact: true }).fill(`Long Quay ${run}`);
    await picture(page, "organization-edit");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText(`Long Quay ${run}`).first()).toBeVisible();
  });

  await test.step("invite two people, take one invitation back", async () => {
    await panel(page, "/organization-members");
    await page.getByRole("button", { name: "Invite" }).click();
    const dialog = page.locator("form").filter({ hasText: "Send invitations" });
    await dialog.getByRole("textbox").fill(`${guest.email},${asker.email},`);
    await picture(page, "organization-invite");
    await page.getByRole("button", { name: "Send invitations" }).click();
    await page.getByRole("tab", { name: /invitations/i }).click();
    await expect(page.getByText(guest.email)).toBeVisible();
    await picture(page, "organization-invitations");
    const row = page.getByRole("row").filter({ hasText: asker.email });
    await row.getByRole("button").last().click();
    await page.getByRole("menuitem", { name: "Revoke invitation" }).click();
    await expect(page.getByText(asker.email)).toBeHidden();
  });

  const other = await (await browser.newContext()).newPage();
  await test.step("the guest follows the mail, signs up without a code, and is in", async () => {
    await other.goto(await linkFor(guest.email));
    await expect(other.getByLabel("Password", { exact: true })).toBeVisible();
    await picture(other, "invitation-sign-up");
    await other.getByLabel("Password", { exact: true }).fill(guest.password);
    await other.getByRole("button", { name: "Continue", exact: true }).click();
    await other.waitForURL(`**/org/quay-${run}/dashboard`);
  });

  await test.step("the guest may look, and not invite", async () => {
    await panel(other, "/organization-members");
    await expect(other.getByText(owner.email).first()).toBeVisible();
    await expect(other.getByRole("button", { name: "Invite" })).toBeHidden();
    await picture(other, "organization-members-of-a-member");
  });

  await test.step("the guest becomes an administrator, and leaves", async () => {
    await panel(page, "/organization-members");
    const row = page.getByRole("row").filter({ hasText: guest.email });
    await row.getByRole("button").filter({ hasText: "Member" }).click();
    await page.getByRole("option").filter({ hasText: "Admin" }).click();
    await expect(row.getByRole("button").filter({ hasText: "Admin" })).toBeVisible();
    await picture(page, "organization-members");
    await panel(other);
    await other.getByRole("button", { name: "Leave organization" }).click();
    await other.getByRole("textbox").last().fill(`Long Quay ${run}`);
    await picture(other, "organization-leave");
    await other.getByRole("button", { name: "Leave organization" }).last().click();
    await other.waitForURL((url) => !url.pathname.startsWith("/organization-profile"));
    await other.context().close();
  });

  await test.step("the organization is deleted", async () => {
    await panel(page);
    await page.getByRole("button", { name: "Delete organization" }).click();
    await page.getByRole("textbox").last().fill(`Long Quay ${run}`);
    await page.getByRole("button", { name: "Delete organization" }).last().click();
    await page.waitForURL((url) => !url.pathname.startsWith("/organization-profile"));
  });
});
