import { enterConsole } from "./console";
import { linkFor } from "./mailbox";
import { expect, test } from "./own";
import { check, picture } from "./page-checks";
import { elsewhere, newPerson } from "./people";

test("who waits is let in by a mail, and nobody else signs up", async ({
  page,
  browser,
  configure,
}) => {
  await configure('[apis.restrictions]\nsign_up_mode = "waitlist"\n');
  const [patient, unwanted] = [newPerson("patient"), newPerson("unwanted")];

  await test.step("signing up is closed, and says where to wait", async () => {
    await page.goto("/sign-up");
    await expect(page.getByText("Access restricted")).toBeVisible();
    await picture(page, "sign-up-closed");
    await page.getByRole("button", { name: "Join waitlist" }).click();
    await page.waitForURL(/\/waitlist/);
  });

  await test.step("two join", async () => {
    await page.getByLabel("Email address").fill(patient.email);
    await picture(page, "waitlist");
    await page.getByRole("button", { name: "Join the waitlist" }).click();
    await expect(page.getByText("Thanks for joining the waitlist!")).toBeVisible();
    await picture(page, "waitlist-joined");

    await page.goto("/sign-in");
    await picture(page, "sign-in-closed");
    await page.getByRole("link", { name: /waitlist/i }).click();
    await page.waitForURL(/\/waitlist/);
    await page.getByLabel("Email address").fill(unwanted.email);
    await page.getByRole("button", { name: "Join the waitlist" }).click();
    await expect(page.getByText("Thanks for joining the waitlist!")).toBeVisible();
  });

  await test.step("an operator invites one and rejects the other", async () => {
    const desk = await elsewhere(browser);
    await enterConsole(desk);
    await desk.getByRole("link", { name: "Waitlist", exact: true }).click();
    const row = (address: string) => desk.getByRole("row").filter({ hasText: address });
    await expect(row(unwanted.email)).toContainText("Waiting");
    await check(desk, "console-waitlist");
    await row(patient.email).getByRole("button", { name: "Invite" }).click();
    await expect(desk.getByRole("status")).toContainText("Invited");
    await row(unwanted.email).getByRole("button", { name: "Reject" }).click();
    await expect(desk.getByRole("status")).toContainText("Rejected");
    await desk.getByRole("link", { name: "All", exact: true }).click();
    await expect(row(patient.email)).toContainText("Invited");
    await check(desk, "console-waitlist-answered");
    await desk.context().close();
  });

  await test.step("the mail's link signs up, without a code", async () => {
    const other = await elsewhere(browser);
    await other.goto(await linkFor(patient.email));
    await expect(other.getByLabel("Password", { exact: true })).toBeVisible();
    await picture(other, "waitlist-sign-up");
    await other.getByLabel("Password", { exact: true }).fill(patient.password);
    await other.getByRole("button", { name: "Continue", exact: true }).click();
    await other.waitForURL("**/org");
    await other.context().close();
  });
});

test("an instance that is closed to everybody but the invited", async ({ page, configure }) => {
  await configure('[apis.restrictions]\nsign_up_mode = "restricted"\n');
  await page.goto("/sign-up");
  await expect(page.getByText("Access restricted")).toBeVisible();
  await expect(page.getByRole("button", { name: "Join waitlist" })).toBeHidden();
  await picture(page, "sign-up-restricted");
  await page.goto("/sign-in");
  await expect(page.getByLabel("Email address")).toBeVisible();
  await expect(page.getByRole("link", { name: "Sign up" })).toBeHidden();
});
