import { addMember, removeMember, renameOrganization } from "./clerk";
import { check } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { expect, test } from "./test";

test("an old address leads on after a rename, and nowhere after the membership ended", async ({
  page,
  browser,
}) => {
  const run = unique();
  const [before, after] = [`mill-${run}`, `watermill-${run}`];
  const member = newPerson("member");

  await signUp(page, newPerson("founder"));
  await page.goto("/create-org");
  await createOrganization(page, `Mill ${run}`, before);

  const context = await browser.newContext();
  const theirs = await context.newPage();
  await signUp(theirs, member);
  await theirs.waitForURL("**/org");
  await addMember(before, member.email, "org:member");

  await test.step("a new member who is early waits, and gets in by themselves", async () => {
    await theirs.goto(`/org/${before}/dashboard`);
    await expect(theirs.getByText("You are a member of")).toBeVisible({ timeout: 30_000 });
  });

  await test.step("the old address leads to the new one, page and all", async () => {
    await renameOrganization(before, after);
    await page.goto(`/org/${before}/projects?q=sluice`);
    await page.waitForURL(`**/org/${after}/projects?q=sluice`);
    await expect(page.getByText("No projects yet")).toBeVisible();
  });

  await test.step("who is removed is out, without a reload", async () => {
    await theirs.goto(`/org/${after}/dashboard`);
    await expect(theirs.getByText("You are a member of")).toBeVisible();
    await removeMember(after, member.email);
    await expect(
      theirs.getByRole("heading", { name: "Not one of your organizations" }),
    ).toBeVisible({ timeout: 20_000 });
    await check(theirs, "membership-ended");
  });

  await context.close();
});
