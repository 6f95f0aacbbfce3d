import { addMember, removeMember, setRole } from "./clerk";
import { check } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { createProject } from "./projects";
import { expect, test } from "./test";

/** What the product promises is a second; the rest is the way of a click through two browsers. */
const SOON = { timeout: 10_000 };

test("an open page follows what others change, without a reload", async ({ page, browser }) => {
  const run = unique();
  const slug = `tide-${run}`;
  const colleague = newPerson("colleague");

  await signUp(page, newPerson("owner"));
  await page.goto("/create-org");
  await createOrganization(page, `Tide ${run}`, slug);

  const context = await browser.newContext();
  const theirs = await context.newPage();
  let loads = 0;

  await test.step("a colleague has the projects open, as a member", async () => {
    await signUp(theirs, colleague);
    await theirs.waitForURL("**/org");
    await addMember(slug, colleague.email, "org:member");
    await expect(async () => {
      await theirs.goto(`/org/${slug}/projects`);
      await expect(theirs.getByText("No projects yet")).toBeVisible({ timeout: 3000 });
    }).toPass({ timeout: 30_000 });
    theirs.on("load", () => {
      loads += 1;
    });
  });

  await test.step("made an admin, they may create projects at once", async () => {
    const create = theirs.getByRole("button", { name: "New project" });
    await expect(create).toBeDisabled();
    await create.focus();
    await expect(theirs.getByRole("tooltip")).toContainText("projects:create");
    await setRole(slug, colleague.email, "org:admin");
    await expect(create).toBeEnabled(SOON);
  });

  const name = `Ebb ${run}`;
  await test.step("a project of somebody else shows up", async () => {
    await createProject(page, slug, name);
    await expect(theirs.getByRole("list", { name: "Projects" }).getByText(name)).toBeVisible(SOON);
    await check(theirs, "live-projects");
  });

  await test.step("made a member again, they see it no more, and may create none", async () => {
    await setRole(slug, colleague.email, "org:member");
    await expect(theirs.getByText("No projects yet")).toBeVisible(SOON);
    await expect(theirs.getByRole("button", { name: "New project" })).toBeDisabled();
  });

  await test.step("removed, they are out of the page that they have open", async () => {
    await removeMember(slug, colleague.email);
    await expect(
      theirs.getByRole("heading", { name: "Not one of your organizations" }),
    ).toBeVisible({ timeout: 20_000 });
  });

  expect(loads, "pages that were loaded anew").toBe(0);
  await context.close();
});
