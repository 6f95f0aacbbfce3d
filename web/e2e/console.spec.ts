import { claims } from "./claims";
import { addDomain } from "./clerk";
import { enterConsole, openUser } from "./console";
import { check } from "./page-checks";
import { createOrganization, elsewhere, newPerson, signUp, unique } from "./people";
import { settings } from "./settings";
import { expect, test } from "./test";

test("every page of the console, in light and dark", async ({ page, browser }) => {
  const [person, run] = [newPerson("seen"), unique()];
  const other = await elsewhere(browser);
  await signUp(other, person);
  await other.goto("/create-org");
  await createOrganization(other, `Wharf ${run}`, `wharf-${run}`);
  await addDomain(`wharf-${run}`, `wharf-${run}.test`, "manual_invitation");
  await other.context().close();

  await test.step("the door", async () => {
    await page.goto(settings.consoleUrl);
    await expect(page.getByLabel("Secret key")).toBeVisible();
    await check(page, "console-login");
    await page.getByLabel("Secret key").fill("sk_live_somebody_elses");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("alert")).toContainText("not the secret key");
    await check(page, "console-login-refused");
  });

  await enterConsole(page);
  for (const [link, heading] of [
    ["Overview", "Overview"],
    ["Users", "Users"],
    ["Organizations", "Organizations"],
    ["Sessions", "Sessions"],
    ["Waitlist", "Waitlist"],
    ["Plans", "Plans and subscriptions"],
    ["Endpoints", "Webhook endpoints"],
    ["Messages", "Messages"],
    ["Keys", "Keys"],
    ["Settings", "Settings"],
  ] as const) {
    await test.step(link, async () => {
      await page
        .getByRole("navigation", { name: "Console" })
        .getByRole("link", { name: link, exact: true })
        .click();
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      await check(page, `console-${link.toLowerCase()}`);
    });
  }

  await test.step("one user, one organization, one endpoint, one message", async () => {
    await openUser(page, person.email);
    await check(page, "console-user");
    await page.getByRole("link", { name: `Wharf ${run}` }).click();
    await expect(page.getByRole("heading", { level: 1, name: `Wharf ${run}` })).toBeVisible();
    await check(page, "console-organization");
    await page.getByRole("link", { name: "Endpoints" }).click();
    await page.getByRole("table").getByRole("link").first().click();
    await expect(page.getByRole("heading", { name: "Deliveries" })).toBeVisible();
    await check(page, "console-endpoint");
    await page.getByRole("table").getByRole("link").first().click();
    await expect(page.getByRole("heading", { name: "Body" })).toBeVisible();
    await page.locator("details").first().locator("summary").click();
    await check(page, "console-message");
  });

  await test.step("on a phone, and what does not exist", async () => {
    await page.goto(`${settings.consoleUrl}/nowhere`);
    await check(page, "console-nowhere");
    await page.setViewportSize({ width: 390, height: 844 });
    await openUser(page, person.email);
    await check(page, "console-user-phone");
    await page.goto(`${settings.consoleUrl}/sessions`);
    await check(page, "console-sessions-phone");
  });
});

test("signing in as somebody: asked for, recorded, and seen by everybody", async ({
  page,
  browser,
}) => {
  const person = newPerson("helped");
  const own = await elsewhere(browser);
  await signUp(own, person);
  await own.context().close();
  await enterConsole(page);
  await openUser(page, person.email);

  await test.step("it says what it means before it is done", async () => {
    await page.getByRole("link", { name: "Sign in as…" }).click();
    await expect(page.getByRole("radio", { name: /Act for them/ })).toBeChecked();
    await check(page, "console-sign-in-as");
    await page.getByRole("link", { name: "Cancel" }).click();
    await expect(page.getByRole("heading", { name: "Identification" })).toBeVisible();
  });

  const acting = await elsewhere(browser);
  await test.step("the link opens a session that names the actor", async () => {
    await page.getByRole("link", { name: "Sign in as…" }).click();
    await page.getByRole("button", { name: "Make the link" }).click();
    await expect(page.getByRole("status")).toContainText("acts for");
    await check(page, "console-sign-in-as-link");
    const link = await page.getByRole("link", { name: /^Open as/ }).getAttribute("href");
    await acting.goto(link ?? "");
    // The product lets act whom its own operators let act, and nobody else.
    await expect(
      acting.getByRole("heading", { name: "Acting for somebody is over" }),
    ).toBeVisible();
    await check(acting, "impersonated-elsewhere");
    expect(await claims(acting)).toMatchObject({ act: { sub: "console" } });
  });

  await test.step("the console tells it apart", async () => {
    await page.goto(`${settings.consoleUrl}/sessions`);
    const row = page.getByRole("row").filter({ hasText: person.email });
    await expect(row.filter({ hasText: "impersonated" })).toBeVisible();
    await check(page, "console-sessions-impersonated");
  });

  await test.step("it is left", async () => {
    await acting.getByRole("button", { name: "Leave" }).click();
    await acting.waitForURL((url) => url.pathname === "/");
    await acting.goto("/org");
    await acting.waitForURL(/\/sign-in/);
    await acting.context().close();
  });
});
