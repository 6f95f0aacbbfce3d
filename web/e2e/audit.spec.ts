import { readFile } from "node:fs/promises";
import { check } from "./page-checks";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { createProject } from "./projects";
import { expect, test } from "./test";

const SOON = { timeout: 15_000 };

test("what was done is there to be read, narrowed and taken home", async ({ page }) => {
  const run = unique();
  const slug = `ledger-${run}`;
  await signUp(page, newPerson("owner"));
  await page.goto("/create-org");
  await createOrganization(page, `Ledger ${run}`, slug);
  await createProject(page, slug, `First ${run}`);
  await page.goto(`/org/${slug}/audit`);

  await test.step("a fact opens to what it changed", async () => {
    await page.getByRole("button", { name: /Created a project/ }).click(SOON);
    const change = page.getByRole("table", { name: "What changed" });
    await expect(change.getByRole("row", { name: /name/ })).toContainText(`First ${run}`);
    await check(page, "audit");
  });

  await test.step("what happens elsewhere shows up in the open page", async () => {
    const other = await page.context().newPage();
    await other.goto(`/org/${slug}/dashboard`);
    await createProject(other, slug, `Second ${run}`);
    await page.bringToFront();
    await expect(page.getByRole("button", { name: /Created a project/ })).toHaveCount(2, SOON);
    await other.close();
  });

  await test.step("it is narrowed to one object, by the address, and widened again", async () => {
    await page.getByRole("button", { name: "Only this object" }).click();
    await expect(page.getByRole("button", { name: /Created a project/ })).toHaveCount(1, SOON);
    await page.reload();
    await expect(page.getByRole("button", { name: /Created a project/ })).toHaveCount(1, SOON);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect(page.getByRole("button", { name: /Created a project/ })).toHaveCount(2, SOON);
    await page.getByLabel("To").fill("2001-01-01");
    await expect(page.getByText("Nothing matches")).toBeVisible(SOON);
    await check(page, "audit-empty");
    await page.getByRole("button", { name: "Clear filters" }).click();
  });

  await test.step("it goes home as a file", async () => {
    for (const [item, ending] of [
      [/CSV/, "csv"],
      [/NDJSON/, "ndjson"],
    ] as const) {
      await page.getByRole("button", { name: "Export" }).click();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("menuitem", { name: item }).click(),
      ]);
      expect(file.suggestedFilename()).toBe(`audit-${slug}.${ending}`);
      const text = await readFile(await file.path(), "utf8");
      expect(text).toContain("projects.create");
      expect(text).toContain(`Second ${run}`);
    }
  });
});
