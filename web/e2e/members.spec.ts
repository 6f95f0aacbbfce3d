import { addMember } from "./clerk";
import { check } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { createProject } from "./projects";
import { expect, test } from "./test";

test("a colleague sees a project once they are put on it", async ({ page, browser }) => {
  const run = unique();
  const slug = `crew-${run}`;
  const colleague = newPerson("colleague");
  const projectName = `Bridge ${run}`;

  await signUp(page, newPerson("lead"));
  await page.goto("/create-org");
  await createOrganization(page, `Crew ${run}`, slug);
  const projectId = await createProject(page, slug, projectName);

  const context = await browser.newContext();
  const theirs = await context.newPage();

  await test.step("the colleague is made a member, and sees no project yet", async () => {
    await signUp(theirs, colleague);
    await theirs.waitForURL("**/org");
    await addMember(slug, colleague.email, "org:member");
    await expect(async () => {
      await theirs.reload();
      await expect(theirs.getByRole("link", { name: `Crew ${run}` })).toBeVisible({
        timeout: 2000,
      });
    }).toPass({ timeout: 30_000 });
    await theirs.getByRole("link", { name: `Crew ${run}` }).click();
    await theirs.waitForURL(`**/org/${slug}/dashboard`);
    await expect(theirs.getByText("You are a member of")).toBeVisible({ timeout: 30_000 });
    await check(theirs, "dashboard-as-member");
    await expect(theirs.getByText(projectName)).toBeHidden();
    await theirs.goto(`/org/${slug}/projects/${projectId}`);
    await expect(theirs.getByRole("heading", { name: /nothing here|may not see/i })).toBeVisible();
  });

  await test.step("the lead puts them on the project", async () => {
    await page.goto(`/org/${slug}/projects/${projectId}?tab=members`);
    await page.getByRole("button", { name: "Add a member" }).click();
    const form = page.getByRole("dialog", { name: "Add a member" });
    await form.getByRole("combobox", { name: "Member" }).click();
    await page.getByRole("option", { name: /colleague/ }).click();
    await form.getByRole("button", { name: "Add" }).click();
    await expect(
      page.getByRole("list", { name: "Members of the project" }).getByRole("listitem"),
    ).toHaveCount(2);
  });

  await test.step("now they see it, and may add to it but not end it", async () => {
    await theirs.reload();
    await expect(theirs.getByRole("heading", { level: 1, name: projectName })).toBeVisible();
    await expect(theirs.getByText("Drop files here")).toBeVisible();
    await expect(theirs.getByRole("button", { name: "Delete", exact: true })).toBeHidden();
    await check(theirs, "project-as-contributor");
  });

  await test.step("taken off again, they see it no more", async () => {
    await page.getByRole("button", { name: /^Remove colleague/ }).click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await expect(
      page.getByRole("list", { name: "Members of the project" }).getByRole("listitem"),
    ).toHaveCount(1);
    await theirs.reload();
    await expect(theirs.getByRole("heading", { name: /nothing here|may not see/i })).toBeVisible();
  });

  await context.close();
});
