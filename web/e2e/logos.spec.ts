import { picture } from "./page-checks";
import { newPerson, signUp, unique } from "./people";
import { pngFile } from "./png";
import { expect, type Page, test } from "./test";

/** Waits for the answer to an upload, and gives the address at which the picture is then. */
function stored(page: Page): Promise<string> {
  return page
    .waitForResponse((answer) => /\/organizations\/[^/]+\/logo/.test(answer.url()))
    .then(async (answer) => {
      expect(answer.status()).toBe(200);
      const body = (await answer.json()) as { response: { image_url: string; has_image: boolean } };
      expect(body.response.has_image).toBe(true);
      return body.response.image_url;
    });
}

/** Whether a picture of that address is on the page, and was loaded. */
async function isShown(page: Page, alt: RegExp): Promise<void> {
  await expect
    .poll(() =>
      page
        .getByRole("img", { name: alt })
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBeGreaterThan(0);
}

test("a logo comes with a new organization, and is changed and removed", async ({ page }) => {
  const run = unique();
  const name = `Crane ${run}`;
  await signUp(page, newPerson("painter"));
  let first = "";

  await test.step("<CreateOrganization/>", async () => {
    await page.goto("/create-org");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Slug", { exact: true }).fill(`crane-${run}`);
    await page.locator("input[type=file]").setInputFiles(pngFile("first.png", 0x33));
    await picture(page, "create-organization-logo");
    const upload = stored(page);
    await page.getByRole("button", { name: "Create organization" }).click();
    first = await upload;
    await page.getByRole("button", { name: "Skip" }).click();
    await page.waitForURL(`**/org/crane-${run}/dashboard`);
    await isShown(page, new RegExp(name));
    await picture(page, "organization-logo");
  });

  await test.step("<OrganizationProfile/>", async () => {
    await page.goto("/organization-profile");
    await page.getByRole("button", { name: "Update profile" }).click();
    const upload = stored(page);
    await page.locator("input[type=file]").setInputFiles(pngFile("second.png", 0xbb));
    expect(await upload).not.toBe(first);
    await picture(page, "organization-profile-logo");
    await page.getByRole("button", { name: "Update profile" }).click();
    const removed = page.waitForResponse((answer) => answer.url().includes("/logo"));
    await page.getByRole("button", { name: "Remove" }).click();
    expect((await removed).status()).toBe(200);
  });

  await test.step("what is no picture is refused, with a reason", async () => {
    await page.reload();
    await page.getByRole("button", { name: "Update profile" }).click();
    const refused = page.waitForResponse((answer) => answer.url().includes("/logo"));
    const text = { name: "fake.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
    await page.locator("input[type=file]").setInputFiles(text);
    expect((await refused).status()).toBe(422);
    await picture(page, "organization-profile-logo-refused");
  });
});
