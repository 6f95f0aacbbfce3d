import { ask } from "./acting";
import { addMember } from "./clerk";
import { makeOperator, setPlan } from "./operators";
import { check } from "./page-checks";
import { createOrganization, elsewhere, newPerson, signUp, unique } from "./people";
import { expect, type Page, test } from "./test";

const SOON = { timeout: 20_000 };
/** A move of a small organization's data takes a second; the machine may have other things to do. */
const MOVED = { timeout: 60_000 };
const PHONE = { width: 390, height: 844 };

async function fitsAPhone(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize(PHONE);
  await check(page, name);
  if (before) await page.setViewportSize(before);
}

/** Somebody works in the organization: the page opens, and the API answers. */
async function isInside(page: Page, slug: string): Promise<void> {
  await page.goto(`/org/${slug}/projects`);
  await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible(SOON);
  await ask(page, "GET", "/projects");
}

test("operators see where each workspace lives, at which version, and what is behind", async ({
  page,
}) => {
  const run = unique();
  const slug = `quarry-${run}`;
  const operator = newPerson("warden");
  await signUp(page, operator);
  await page.goto("/create-org");
  await createOrganization(page, `Quarry ${run}`, slug);
  await makeOperator(operator.email);
  await setPlan(slug, "pro");

  await test.step("a schema of its own, with its version", async () => {
    const row = page
      .getByRole("list", { name: "Organizations" })
      .getByRole("listitem")
      .filter({ hasText: `Quarry ${run}` });
    await expect(async () => {
      await page.goto("/platform/organizations");
      await page.getByRole("searchbox").fill(slug);
      await row.getByRole("button", { expanded: false }).click();
      await expect(row.getByText(/^tenant_[0-9a-f]{12}$/)).toBeVisible({ timeout: 3000 });
    }).toPass(MOVED);
    await expect(row.getByText(/^\d+, Up to date, /)).toBeVisible();
    await expect(row.getByText("Ready").first()).toBeVisible();
    await check(page, "fleet-organization");
    await fitsAPhone(page, "fleet-organization-phone");
  });

  const schemas = page.getByRole("region", { name: "Schemas" });
  await test.step("all of them at a glance", async () => {
    await page.goto("/platform");
    await expect(schemas).toContainText("Up to date", SOON);
    await expect(schemas).toContainText(/\d+ workspaces? ha(s|ve) a schema of their own/);
    await check(page, "fleet-overview");
  });

  await test.step("what a release left behind is counted, with what brings it along", async () => {
    // A migration that fails is not had at will: the answer says so on its way to the page.
    await page.route("**/api/v1/platform/status", async (route) => {
      const answer = await route.fetch();
      const schemas = { count: 12, behind: 3, failed: 1 };
      await route.fulfill({ response: answer, json: { ...(await answer.json()), schemas } });
    });
    await page.reload();
    await expect(schemas).toContainText("3 behind", SOON);
    await expect(schemas).toContainText("a migration failed in 1");
    await expect(schemas).toContainText("bailiwick migrate brings them along.");
    await check(page, "fleet-behind");
    await fitsAPhone(page, "fleet-behind-phone");
  });
});

test("a smaller plan puts nobody out, and says so to those who may invite", async ({
  page,
  browser,
}) => {
  const run = unique();
  const slug = `wharf-${run}`;
  await signUp(page, newPerson("harbourmaster"));
  await page.goto("/create-org");
  await createOrganization(page, `Wharf ${run}`, slug);
  await setPlan(slug, "pro");

  const hand = newPerson("hand");
  const theirs = await elsewhere(browser);
  await test.step("more people come than the small plan has room for", async () => {
    await signUp(theirs, hand);
    await addMember(slug, hand.email, "org:member");
    const other = await elsewhere(browser);
    const mate = newPerson("mate");
    await signUp(other, mate);
    await addMember(slug, mate.email, "org:member");
    await other.context().close();
    await isInside(theirs, slug);
  });

  const over = page.getByRole("region", { name: "More people than the plan has room for" });
  await test.step("the banner comes to every page, without a reload", async () => {
    await page.goto(`/org/${slug}/dashboard`);
    await expect(page.getByRole("link", { name: /^Plan: Pro/ }).first()).toBeVisible(MOVED);
    await expect(over).toBeHidden();
    await setPlan(slug, "starter");
    await expect(over).toBeVisible(SOON);
    await expect(over).toContainText("There are 3, whoever is invited included");
    await expect(over).toContainText("Nobody loses access");
    await check(page, "seats-over");
    await fitsAPhone(page, "seats-over-phone");
    await page.goto(`/org/${slug}/projects`);
    await expect(over).toBeVisible(SOON);
  });

  await test.step("nobody more is invited, and the button says why", async () => {
    await page.goto(`/org/${slug}/team`);
    const invite = page.getByRole("button", { name: "Invite" });
    await expect(invite).toBeDisabled(SOON);
    await expect(invite).toHaveAccessibleDescription(/^The plan allows 2 people/);
    await check(page, "seats-over-team");
    await fitsAPhone(page, "seats-over-team-phone");
    const { organization } = await ask<{ organization: { id: string } }>(page, "GET", "/me");
    const refused = ask(page, "POST", `/organizations/${organization.id}/invitations`, {
      email: newPerson("late").email,
      role: "member",
    });
    await expect(refused).rejects.toThrow("PLAN_LIMIT_EXCEEDED");
  });

  await test.step("who is there stays, and is not told what they do not decide", async () => {
    await isInside(theirs, slug);
    await expect(
      theirs.getByRole("region", { name: "More people than the plan has room for" }),
    ).toBeHidden();
    await expect(page.getByRole("listitem").filter({ hasText: hand.email })).toBeVisible(SOON);
    await theirs.context().close();
  });

  await test.step("the plans are a link away, and with more room it is over", async () => {
    await over.getByRole("link", { name: "Plans" }).click();
    await page.waitForURL(`**/org/${slug}/settings/billing`);
    await expect(over).toBeVisible();
    await setPlan(slug, "pro");
    await expect(over).toBeHidden(SOON);
  });
});
