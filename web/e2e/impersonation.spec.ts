import type { Browser, Page } from "@playwright/test";
import { ask } from "./acting";
import { claims } from "./claims";
import { makeOperator } from "./operators";
import { check } from "./page-checks";
import { createOrganization, elsewhere, newPerson, type Person, signUp, unique } from "./people";
import { expect, test } from "./test";

const REASON = "Case 4711: the upload fails";

interface Started {
  url: string;
}

interface Stage {
  slug: string;
  owner: Person;
  operator: Person;
  /** Where the operator works. */
  desk: Page;
  start(): Promise<Started>;
}

/** An organization with its owner on `page`, and somebody who operates the installation. */
async function stage(page: Page, browser: Browser): Promise<Stage> {
  const [owner, operator, slug] = [newPerson("helped"), newPerson("support"), `quay-${unique()}`];
  await signUp(page, owner);
  await page.goto("/create-org");
  await createOrganization(page, `Quay ${slug}`, slug);
  const desk = await elsewhere(browser);
  await signUp(desk, operator);
  await ask(desk, "GET", "/me");
  await makeOperator(operator.email);
  const { id } = await ask<{ id: string }>(page, "GET", "/me");
  const body = { userId: id, reason: REASON, minutes: 15 };
  const start = () => ask<Started>(desk, "POST", "/platform/impersonations", body);
  return { slug, owner, operator, desk, start };
}

test("acting for somebody is shown on every page, recorded, and stopped", async ({
  page,
  browser,
}) => {
  const { slug, owner, operator, desk, start } = await stage(page, browser);
  const { url } = await start();
  const acting = await elsewhere(browser);
  const banner = acting.getByRole("region", { name: "Acting for somebody" });

  await test.step("the link leads into the user's pages, which say who acts", async () => {
    await acting.goto(url);
    await acting.waitForURL((at) => !at.pathname.startsWith("/sign-in"));
    await acting.goto(`/org/${slug}/dashboard`);
    await expect(acting.getByText(`of Quay ${slug}.`)).toBeVisible();
    await expect(banner.getByRole("status")).toContainText(`acts for ${owner.email}`);
    await expect(banner.getByRole("status")).toContainText(nameOf(operator));
    await expect(banner).toContainText(/until \d\d:\d\d, 1[0-5] minutes left/);
    await check(acting, "impersonation-banner");
    for (const path of ["projects", "team", "settings"]) {
      await acting.goto(`/org/${slug}/${path}`);
      await expect(banner.getByRole("status")).toBeVisible();
    }
    await acting.goto("/");
    await expect(banner.getByRole("status")).toBeVisible();
    const act = { impersonation: expect.any(String), sub: expect.any(String) };
    expect(await claims(acting)).toMatchObject({ act });
  });

  await test.step("accounts and who belongs where are out of reach", async () => {
    for (const path of ["/user-profile", "/organization-profile", "/create-org"]) {
      await acting.goto(path);
      await expect(acting.getByRole("heading", { name: "Not in another’s name" })).toBeVisible();
    }
    await check(acting, "impersonation-in-person");
  });

  await test.step("the organization reads who came, and why", async () => {
    await page.goto(`/org/${slug}/audit`);
    await page.getByRole("button", { name: /Came in by an impersonation/ }).click();
    await expect(page.getByText(REASON)).toBeVisible();
    await expect(page.getByText("Really by", { exact: true })).toBeVisible();
    await check(page, "impersonation-audit");
  });

  await test.step("on a phone, by keyboard alone, it is stopped", async () => {
    await acting.setViewportSize({ width: 390, height: 844 });
    await acting.goto(`/org/${slug}/dashboard`);
    const stop = acting.getByRole("button", { name: "Stop" });
    await expect(stop).toBeVisible();
    await check(acting, "impersonation-banner-phone");
    await stop.focus();
    await acting.keyboard.press("Enter");
    await acting.waitForURL((at) => at.pathname === "/");
    await acting.goto(`/org/${slug}/dashboard`);
    await acting.waitForURL(/\/sign-in/);
  });

  await test.step("the link is used up, and the user's own session goes on", async () => {
    await acting.goto(url);
    await expect(acting.getByText(/already been used/)).toBeVisible();
    await page.goto(`/org/${slug}/projects`);
    await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
  });
  await acting.context().close();
  await desk.context().close();
});

/** How somebody is called who gave an address alone. */
function nameOf({ email }: Person): string {
  return email.split("@")[0] ?? email;
}

test("it is begun where the person is shown, seen by who operates the installation, and ended", async ({
  page,
  browser,
}) => {
  const { slug, owner, operator, desk } = await stage(page, browser);
  const { id } = await ask<{ id: string }>(page, "GET", "/me");
  const reason = `Case ${unique()}: the upload fails`;
  const row = desk.getByRole("listitem").filter({ hasText: reason });

  const url = await test.step("with a reason, for a time", async () => {
    await desk.goto(`/platform/people?id=${id}`);
    const person = desk.getByRole("list", { name: "People" }).getByRole("listitem");
    await person.getByRole("button", { name: owner.email }).click();
    await person.getByRole("button", { name: "Sign in as…" }).click();
    const dialog = desk.getByRole("dialog");
    await dialog.getByRole("button", { name: "Make the link" }).click();
    await expect(dialog.getByText("It needs a reason.")).toBeVisible();
    await dialog.getByLabel("Reason").fill(reason);
    await check(desk, "impersonation-form");
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const link = dialog.getByRole("link", { name: /^Open as/ });
    await expect(link).toBeVisible();
    await check(desk, "impersonation-link");
    return (await link.getAttribute("href")) ?? "";
  });

  const acting = await elsewhere(browser);
  await test.step("whoever operates the installation sees how it stands", async () => {
    await desk.goto("/platform/impersonations?which=open");
    await expect(row).toContainText("Not begun");
    await acting.goto(url);
    await expect(acting.getByRole("region", { name: "Acting for somebody" })).toBeVisible();
    await expect(row).toContainText("Under way", { timeout: 30_000 });
    await row.getByRole("button", { expanded: false }).click();
    await expect(row.getByRole("link", { name: nameOf(operator) })).toBeVisible();
    await check(desk, "platform-impersonations");
  });

  await test.step("and ends it", async () => {
    await row.getByRole("button", { name: /^End:/ }).click();
    const dialog = desk.getByRole("alertdialog");
    await check(desk, "platform-impersonation-end");
    await dialog.getByRole("button", { name: "End it" }).click();
    await expect(row).toBeHidden();
    await desk.getByRole("combobox", { name: "Which impersonations" }).click();
    await desk.getByRole("option", { name: "All" }).click();
    await expect(row).toContainText("Ended");
    await expect(row.getByRole("button", { name: /^End:/ })).toHaveCount(0);
  });

  const over = acting.getByRole("heading", { name: "Acting for somebody is over" });
  await expect(over.or(acting.getByLabel("Email address"))).toBeVisible({ timeout: 30_000 });
  await acting.goto(`/org/${slug}/dashboard`);
  await expect(over.or(acting.getByLabel("Email address"))).toBeVisible();
  await acting.context().close();
  await desk.context().close();
});
