import { randomBytes } from "node:crypto";
import { createOrganization, newPerson, signUp, unique } from "./people";
import { createProject } from "./projects";
import { expect, test } from "./test";

const MANY = 100;

test("a hundred files at once, a broken line, and a second try", async ({ page, context }) => {
  const run = unique();
  await signUp(page, newPerson("uploader"));
  await page.goto("/create-org");
  await createOrganization(page, `Depot ${run}`, `depot-${run}`);
  await createProject(page, `depot-${run}`, `Stock ${run}`);
  const files = page.getByLabel("Files to upload");
  const uploads = page.getByRole("list", { name: "Uploads" });

  await test.step("a hundred files", async () => {
    await files.setInputFiles(
      Array.from({ length: MANY }, (_, n) => ({
        name: `item ${String(n).padStart(3, "0")}.txt`,
        mimeType: "text/plain",
        buffer: randomBytes(2000),
      })),
    );
    await expect(uploads.getByText("Uploaded", { exact: true })).toHaveCount(MANY, {
      timeout: 120_000,
    });
    await expect(page.getByRole("tab", { name: `Documents ${MANY}` })).toBeVisible();
    await page.getByRole("button", { name: "Show more" }).click();
    await expect(page.getByRole("list", { name: "Documents" }).getByRole("listitem")).toHaveCount(
      MANY,
    );
    await page.getByRole("button", { name: "Clear finished" }).click();
  });

  await test.step("more of the list, asked for while the list changes", async () => {
    await page.reload();
    const further = /\/documents\?.*cursor=/;
    // The first is never answered: the page gives it up when it hears of the change.
    await page.route(further, () => undefined, { times: 1 });
    const asked = page.waitForRequest(further);
    await page.getByRole("button", { name: "Show more" }).click();
    await asked;
    await files.setInputFiles({
      name: "meanwhile.txt",
      mimeType: "text/plain",
      buffer: randomBytes(2000),
    });
    const listed = page.getByRole("list", { name: "Documents" });
    await expect(listed.getByText("meanwhile.txt")).toBeVisible();
    await expect(listed.getByRole("listitem")).toHaveCount(MANY);
    await page.getByRole("button", { name: "Delete meanwhile.txt" }).click();
    await page.getByRole("button", { name: "Delete document" }).click();
    await expect(page.getByRole("tab", { name: `Documents ${MANY}` })).toBeVisible();
    await page.getByRole("button", { name: "Clear finished" }).click();
  });

  await test.step("a line that breaks, and a retry that needs no second announcement", async () => {
    await context.setOffline(true);
    await expect(page.getByText("You are offline")).toBeVisible();
    await files.setInputFiles({
      name: "late.txt",
      mimeType: "text/plain",
      buffer: randomBytes(5000),
    });
    await expect(uploads.getByText(/could not be reached|broke off/)).toBeVisible({
      timeout: 30_000,
    });
    await context.setOffline(false);
    await page.getByRole("button", { name: "Try late.txt again" }).click();
    await expect(page.getByRole("list", { name: "Documents" }).getByText("late.txt")).toBeVisible();
    await expect(page.getByRole("tab", { name: `Documents ${MANY + 1}` })).toBeVisible();
  });

  await test.step("delete one", async () => {
    await page.getByRole("button", { name: "Delete late.txt" }).click();
    await page.getByRole("button", { name: "Delete document" }).click();
    await expect(page.getByRole("list", { name: "Documents" }).getByText("late.txt")).toBeHidden();
    await expect(page.getByRole("tab", { name: `Documents ${MANY}` })).toBeVisible();
  });

  await test.step("delete all of it with the project", async () => {
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete project" }).click();
    await page.waitForURL(`**/org/depot-${run}/projects`);
    await expect(page.getByText("No projects yet")).toBeVisible();
  });
});
