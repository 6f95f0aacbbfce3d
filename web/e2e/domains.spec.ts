import { codeFor } from "./mailbox";
import { picture } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { expect, test } from "./test";

test("a domain brings its people: suggested, asked for, let in", async ({ page, browser }) => {
  const run = unique();
  const domain = `harbour-${run}.test`;
  await signUp(page, newPerson("warden"));
  await page.goto("/create-org");
  await createOrganization(page, `Warden ${run}`, `warden-${run}`);

  await test.step("the domain, verified by a code to an address of it", async () => {
    await page.goto("/organization-profile");
    await page.getByRole("button", { name: "Add domain" }).click();
    await page.getByLabel("Domain", { exact: true }).fill(domain);
    await picture(page, "domain-add");
    await page.getByRole("button", { name: "Save" }).click();
    const local = page.getByRole("textbox").last();
    await expect(page.getByText(`@${domain}`).first()).toBeVisible();
    await local.fill("post");
    await page
      .getByRole("button", { name: /continue|save/i })
      .last()
      .click();
    const code = page.getByRole("textbox", { name: /code/i }).first();
    await expect(code).toBeVisible();
    await code.pressSequentially(await codeFor(`post@${domain}`), { delay: 20 });
    await expect(code).toBeHidden();
    await page.reload();
    await expect(page.getByText(domain).first()).toBeVisible();
    await expect(page.getByText("Unverified")).toBeHidden();
    await page.getByRole("button", { name: "Open menu" }).last().click();
    await page.getByRole("menuitem", { name: "Manage" }).click();
    await page.getByRole("radio", { name: /automatic suggestions/i }).check();
    await picture(page, "domain-enrolment");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Automatic suggestions").first()).toBeVisible();
    await picture(page, "domain-verified");
  });

  const other = await (await browser.newContext()).newPage();
  await test.step("somebody of the domain asks to join", async () => {
    await signUp(other, { ...newPerson("joiner"), email: `joiner@${domain}` });
    await other.goto("/organization-list");
    await other.getByRole("button", { name: "Request to join" }).click();
    await expect(other.getByText("Pending approval")).toBeVisible();
    await picture(other, "organization-list-requested");
  });

  await test.step("and is let in", async () => {
    await page.goto("/organization-profile/organization-members");
    await page.getByRole("tab", { name: /requests/i }).click();
    await expect(page.getByText(`joiner@${domain}`)).toBeVisible();
    await picture(page, "organization-requests");
    await page.getByRole("button", { name: /approve/i }).click();
    await expect(page.getByText(`joiner@${domain}`)).toBeHidden();
    await other.reload();
    await other.getByText(`Warden ${run}`).click();
    await other.waitForURL(`**/org/warden-${run}/dashboard`);
  });
});
