import { addMember } from "./clerk";
import { check } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { expect, test } from "./test";

const SOON = { timeout: 15_000 };

test("an organization says what it is, and where it is found", async ({ page, browser }) => {
  const run = unique();
  const slug = `works-${run}`;
  const member = newPerson("member");
  await signUp(page, newPerson("owner"));
  await page.goto("/create-org");
  await createOrganization(page, `Works ${run}`, slug);
  await page.goto(`/org/${slug}/settings`);

  await test.step("what is typed is kept", async () => {
    await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
    await page.getByLabel("Kind of company").fill("Guild of surveyors");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Saved.").first()).toBeVisible(SOON);
    await page.reload();
    await expect(page.getByLabel("Kind of company")).toHaveValue("Guild of surveyors");
    await check(page, "settings-saved");
  });

  await test.step("a member sees it, and why they cannot change it", async () => {
    const theirs = await (await browser.newContext()).newPage();
    await signUp(theirs, member);
    await theirs.waitForURL("**/org");
    await addMember(slug, member.email, "org:member");
    await theirs.goto(`/org/${slug}/settings`);
    await expect(theirs.getByLabel("Kind of company")).toHaveValue("Guild of surveyors", {
      timeout: 30_000,
    });
    const save = theirs.getByRole("button", { name: "Save" });
    await expect(save).toBeDisabled();
    await save.focus();
    await expect(theirs.getByRole("tooltip")).toContainText("organization:update");
    await theirs.context().close();
  });

  await test.step("a new address leads on", async () => {
    await page.getByLabel("Address").fill(`yard-${run}`);
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(`**/org/yard-${run}/settings`, { timeout: 30_000 });
  });
});
