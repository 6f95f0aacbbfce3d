import { expect, type Page } from "@playwright/test";

/** Creates a project from the dashboard or the list, and stays on its page. Gives its id. */
export async function createProject(page: Page, slug: string, name: string): Promise<string> {
  await page.getByRole("button", { name: /create the first project|new project/i }).click();
  const form = page.getByRole("dialog", { name: "New project" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Description").fill("What the walk leaves behind.");
  await form.getByRole("button", { name: "Create project" }).click();
  await page.waitForURL(new RegExp(`/org/${slug}/projects/[0-9a-f-]{36}$`));
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  return page.url().split("/").at(-1) ?? "";
}
