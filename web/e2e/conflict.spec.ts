import { check } from "./page-checks";
import { newPerson, signUp, unique } from "./people";
import { expect, test } from "./test";
import { sendWebhook, userCreated, userDeleted } from "./webhooks";

test("whose address is somebody else's as well is told so, until it is settled", async ({
  page,
}) => {
  const person = newPerson("shared");
  const other = `user_other${unique()}`;

  await test.step("told so, and nothing is linked", async () => {
    expect((await sendWebhook(userCreated(other, person.email))).status).toBe(200);
    await signUp(page, person);
    await page.waitForURL("**/org");
    await page.getByRole("link", { name: "What that means" }).click();
    await expect(page.getByRole("heading", { name: "Your e-mail is in question" })).toBeVisible();
    await expect(page.getByText(person.email)).toBeVisible();
    await check(page, "email-conflict");
    await page.getByRole("link", { name: "Your organizations" }).click();
    await expect(
      page.getByRole("heading", { name: "You belong to no organization yet" }),
    ).toBeVisible();
    await check(page, "email-conflict-banner");
  });

  await test.step("it goes on by itself once the other account is gone", async () => {
    await page.getByRole("link", { name: "What that means" }).click();
    expect((await sendWebhook(userDeleted(other))).status).toBe(200);
    await page.waitForURL("**/org", { timeout: 40_000 });
    await expect(page.getByRole("link", { name: "What that means" })).toBeHidden();
  });
});
