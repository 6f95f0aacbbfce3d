import { addMember } from "./clerk";
import { check } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { expect, test } from "./test";

const SOON = { timeout: 15_000 };

test("a grant opens at once what it names, and closes it when it is taken away", async ({
  page,
  browser,
}) => {
  const run = unique();
  const slug = `lodge-${run}`;
  const guest = newPerson("guest");
  await signUp(page, newPerson("owner"));
  await page.goto("/create-org");
  await createOrganization(page, `Lodge ${run}`, slug);

  const theirs = await (await browser.newContext()).newPage();
  await test.step("a viewer may create nothing, and learns what it takes", async () => {
    await signUp(theirs, guest);
    await theirs.waitForURL("**/org");
    await addMember(slug, guest.email, "org:member");
    await expect(async () => {
      await theirs.goto(`/org/${slug}/projects`);
      await expect(theirs.getByRole("button", { name: "New project" })).toBeDisabled({
        timeout: 3000,
      });
    }).toPass({ timeout: 30_000 });
  });

  const grants = page.getByRole("dialog");
  const open = async () => {
    await page.getByRole("button", { name: /^More about guest/ }).click();
    await page.getByRole("menuitem", { name: /Grants/ }).click();
    await expect(grants.getByRole("table")).toBeVisible();
  };
  await test.step("granted, it is open in the page that they have open", async () => {
    await page.goto(`/org/${slug}/team`);
    await open();
    await grants.getByRole("checkbox", { name: "Create Projects" }).click();
    await expect(grants.getByRole("checkbox", { name: "View Projects" })).toBeChecked();
    await check(page, "team-grants");
    await grants.getByRole("button", { name: "Save" }).click();
    await expect(grants).toBeHidden(SOON);
    await expect(theirs.getByRole("button", { name: "New project" })).toBeEnabled(SOON);
  });

  await test.step("taken away, it is closed", async () => {
    await open();
    await grants.getByRole("checkbox", { name: "View Projects" }).click();
    await expect(grants.getByRole("checkbox", { name: "Create Projects" })).not.toBeChecked();
    await grants.getByRole("button", { name: "Save" }).click();
    await expect(grants).toBeHidden(SOON);
    await expect(theirs.getByRole("button", { name: "New project" })).toBeDisabled(SOON);
  });

  await test.step("what the owner holds is shown, and cannot be given to oneself", async () => {
    await page.getByRole("button", { name: /^More about owner/ }).click();
    await page.getByRole("menuitem", { name: /Grants/ }).click();
    await expect(grants.getByText("Not to yourself").last()).toBeVisible();
    await expect(grants.getByRole("checkbox", { name: "Create Projects" })).toBeDisabled();
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Roles" }).click();
    await expect(page.getByRole("list", { name: "Roles" })).toContainText("Decides over");
    await check(page, "team-roles");
  });

  await theirs.context().close();
});
