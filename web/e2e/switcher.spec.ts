import { claims } from "./claims";
import { addDomain, inviteTo } from "./clerk";
import { picture } from "./page-checks";
import { createOrganization, elsewhere, inClerkMenu, newPerson, signUp, unique } from "./people";
import { expect, type Page, test } from "./test";

const trigger = (page: Page) =>
  page.getByRole("button", { name: /organization switcher/i }).filter({ visible: true });
const popover = (page: Page) => page.getByRole("dialog").filter({ visible: true });

test("the organizations of a person: switched, joined, asked for, made, and no personal one", async ({
  page,
  browser,
}) => {
  const run = unique();
  const domain = `harbour-${run}.test`;
  const host = await elsewhere(browser);
  await signUp(host, newPerson("host"));
  for (const name of ["inn", "club", "guild"]) {
    await host.goto("/create-org");
    await createOrganization(host, `${name} ${run}`, `${name}-${run}`);
  }
  await host.context().close();
  await addDomain(`club-${run}`, domain, "automatic_suggestion");
  const person = { ...newPerson("guest"), email: `guest@${domain}` };
  await signUp(page, person);
  await page.goto("/create-org");
  await createOrganization(page, `home ${run}`, `home-${run}`);
  await inviteTo(`inn-${run}`, person.email, "org:member");
  await inviteTo(`guild-${run}`, person.email, "org:member");

  await test.step("<OrganizationSwitcher/> shows what one may join", async () => {
    await page.reload();
    await trigger(page).click();
    await expect(popover(page).getByText(`inn ${run}`)).toBeVisible();
    await expect(popover(page).getByText(`guild ${run}`)).toBeVisible();
    await expect(popover(page).getByText(`club ${run}`)).toBeVisible();
    await expect(popover(page).getByText("Personal account")).toBeHidden();
    await picture(page, "switcher-invited");
  });

  await test.step("an invitation is accepted, and a place asked for", async () => {
    await popover(page)
      .locator("div")
      .filter({ hasText: `inn ${run}` })
      .filter({ hasNotText: `guild ${run}` })
      .getByRole("button", { name: "Join" })
      .first()
      .click();
    await popover(page).getByRole("button", { name: "Request to join" }).click();
    await expect(popover(page).getByText("Pending approval")).toBeVisible();
    await picture(page, "switcher-joined");
  });

  await test.step("and switched to", async () => {
    await page.reload();
    await trigger(page).click();
    await popover(page)
      .getByRole("button", { name: new RegExp(`inn ${run}`) })
      .click();
    await page.waitForURL(`**/org/inn-${run}/dashboard`);
    expect((await claims(page)).o).toMatchObject({ slg: `inn-${run}`, rol: "member" });
    await expect(trigger(page)).toContainText(`inn ${run}`);
  });

  await test.step("a new one is made from there, by <CreateOrganization/>", async () => {
    await trigger(page).click();
    await inClerkMenu(page, /create organization/i).click();
    await page.waitForURL(/\/create-org/);
    await picture(page, "create-organization");
    await createOrganization(page, `yard ${run}`, `yard-${run}`);
    expect((await claims(page)).o).toMatchObject({ slg: `yard-${run}`, rol: "admin" });
  });

  await test.step("<OrganizationList/> has all of them, and the same choice", async () => {
    await page.goto("/organization-list");
    for (const name of ["home", "inn", "yard", "guild", "club"])
      await expect(page.getByText(`${name} ${run}`).first()).toBeVisible();
    await expect(page.getByText("Personal account")).toBeHidden();
    await expect(page.getByText("Pending approval")).toBeVisible();
    await picture(page, "organization-list");
    await page.getByRole("button", { name: "Join", exact: true }).click();
    await expect(page.getByRole("button", { name: "Join", exact: true })).toBeHidden();
    await page.getByText(`guild ${run}`).first().click();
    await page.waitForURL(`**/org/guild-${run}/dashboard`);
  });

  await test.step("and makes one, too", async () => {
    await page.goto("/organization-list");
    await page.getByRole("button", { name: "Create organization" }).click();
    await page.getByLabel("Name", { exact: true }).fill(`mole ${run}`);
    await page.getByLabel("Slug", { exact: true }).fill(`mole-${run}`);
    await picture(page, "organization-list-create");
    await page.getByRole("button", { name: "Create organization" }).click();
    await page.getByRole("button", { name: "Skip" }).click();
    await page.waitForURL(`**/org/mole-${run}/dashboard`);
  });
});
