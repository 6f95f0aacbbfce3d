import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { check } from "./page-checks";
import {
  createOrganization,
  inClerkMenu,
  newPerson,
  signIn,
  signOut,
  signUp,
  unique,
} from "./people";
import { createProject } from "./projects";
import { expect, type Page, test } from "./test";

/** Reads the session token that the page would send for the organization it shows. */
async function tokenFor(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { Clerk } = window as unknown as {
      Clerk: {
        session: { getToken(options: { organizationId?: string }): Promise<string> };
        organization?: { id: string };
      };
    };
    return Clerk.session.getToken({ organizationId: Clerk.organization?.id });
  });
}

async function statusOf(page: Page, path: string): Promise<number> {
  const token = await tokenFor(page);
  const answer = await page.request.get(path, { headers: { authorization: `Bearer ${token}` } });
  return answer.status();
}

/** Drops a file as a hand would: by a drag event that carries it. */
async function drop(page: Page, name: string, type: string, bytes: Buffer): Promise<void> {
  const data = await page.evaluateHandle(
    ({ name, type, base64 }) => {
      const raw = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([raw], name, { type }));
      return transfer;
    },
    { name, type, base64: bytes.toString("base64") },
  );
  const zone = page.getByText("Drop files here");
  await zone.dispatchEvent("dragenter", { dataTransfer: data });
  await expect(page.getByText("Let go to upload")).toBeVisible();
  await page.getByText("Let go to upload").dispatchEvent("drop", { dataTransfer: data });
}

test("from a sign-up to a document, and not a step into anybody else's", async ({
  page,
  browser,
}) => {
  const run = unique();
  const [north, south] = [`north-${run}`, `south-${run}`];
  const owner = newPerson("owner");

  await test.step("the public pages", async () => {
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await check(page, "landing");
    await page.goto("/org/anything/projects?q=x");
    await page.waitForURL(/\/sign-in/);
    expect(new URL(page.url()).searchParams.get("redirect_url")).toBe("/org/anything/projects?q=x");
    await expect(page.getByLabel("Email address")).toBeVisible();
    await check(page, "sign-in");
    await page.goto("/sign-up");
    await expect(page.getByLabel("Email address")).toBeVisible();
    await expect(page.getByRole("link", { name: /mailbox/i })).toBeVisible();
    await check(page, "sign-up");
  });

  await test.step("sign up, and learn that an organization is needed", async () => {
    await signUp(page, owner);
    await page.waitForURL("**/org");
    await expect(page.getByText("You belong to no organization yet")).toBeVisible();
    await check(page, "no-organization");
  });

  await test.step("make an organization", async () => {
    await page.getByRole("link", { name: "Create an organization" }).click();
    await expect(page.getByLabel("Name", { exact: true })).toBeVisible();
    await check(page, "create-organization");
    await createOrganization(page, `North ${run}`, north);
    await check(page, "dashboard-empty");
  });

  const projectName = `Survey ${run}`;
  const bytes = randomBytes(1_500_000);
  const fileName = `soundings ${run}.pdf`;
  let projectId = "";
  let documentId = "";

  await test.step("create a project", async () => {
    projectId = await createProject(page, north, projectName);
    await expect(page.getByText("No documents yet")).toBeVisible();
    await check(page, "project-empty");
  });

  await test.step("drop a file, see it arrive, get it back byte for byte", async () => {
    const announced = page.waitForResponse((answer) =>
      answer.url().endsWith("/documents/upload-init"),
    );
    await drop(page, fileName, "application/pdf", bytes);
    documentId = ((await (await announced).json()) as { documentId: string }).documentId;
    await expect(page.getByRole("list", { name: "Uploads" }).getByText(fileName)).toBeVisible();
    await expect(page.getByRole("list", { name: "Uploads" }).getByText("Uploaded")).toBeAttached();
    await expect(page.getByRole("list", { name: "Documents" }).getByText(fileName)).toBeVisible();
    await check(page, "project-documents");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: `Download ${fileName}` }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(fileName);
    expect((await readFile(await download.path())).equals(bytes)).toBe(true);
    await page.getByRole("button", { name: "Clear finished" }).click();
    await expect(page.getByRole("list", { name: "Uploads" })).toBeHidden();
  });

  await test.step("a file that is too large never leaves", async () => {
    const config = (await (await page.request.get("/api/v1/config")).json()) as {
      maxUploadBytes: number;
    };
    await page.evaluate((size) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(size)], "huge.pdf", { type: "application/pdf" }));
      const input = document.querySelector<HTMLInputElement>("input[type=file]");
      if (!input) throw new Error("no file input");
      input.files = transfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }, config.maxUploadBytes + 1);
    await expect(page.getByText(/Too large/)).toBeVisible();
    await page.getByRole("button", { name: "Dismiss huge.pdf" }).click();
  });

  await test.step("the other pages of the organization", async () => {
    await page.getByRole("tab", { name: "Members" }).click();
    await expect(page.getByRole("list", { name: "Members of the project" })).toBeVisible();
    await check(page, "project-members");
    await page.getByRole("link", { name: "Projects" }).filter({ visible: true }).first().click();
    await expect(page.getByRole("list", { name: "Projects" }).getByText(projectName)).toBeVisible();
    await check(page, "projects");
    await page.getByRole("link", { name: "Team" }).filter({ visible: true }).click();
    await expect(page.getByRole("list", { name: "Members of the organization" })).toBeVisible();
    await check(page, "team");
    await page.getByRole("link", { name: "Settings" }).filter({ visible: true }).click();
    await expect(page.getByText(`/org/${north}`)).toBeVisible();
    await check(page, "settings");
    await page.goto(`/org/${north}/no/such/page`);
    await expect(page.getByRole("heading", { name: "No such page" })).toBeVisible();
    await check(page, "not-found");
  });

  await test.step("a second organization shows other data and another address", async () => {
    await page.goto(`/org/${north}/dashboard`);
    await openSwitcher(page, `North ${run}`);
    await inClerkMenu(page, /create organization/i).click();
    await createOrganization(page, `South ${run}`, south);
    await expect(page.getByText("Begin with a project")).toBeVisible();
    await expect(page.getByText(projectName)).toBeHidden();
    expect(
      await statusOf(page, `/api/v1/projects/${projectId}`),
      "the project of the other organization",
    ).not.toBe(200);

    await openSwitcher(page, `South ${run}`);
    await inClerkMenu(page, new RegExp(`North ${run}`)).click();
    await page.waitForURL(`**/org/${north}/dashboard`);
    await expect(
      page.getByRole("list", { name: "Recent projects" }).getByText(projectName),
    ).toBeVisible();
    await expect(switcher(page)).toContainText(`North ${run}`);
    await check(page, "dashboard");
  });

  await test.step("two tabs show two organizations", async () => {
    const other = await page.context().newPage();
    await other.goto(`/org/${south}/projects`);
    await expect(other.getByText("No projects yet")).toBeVisible();
    await expect(switcher(other)).toContainText(`South ${run}`);
    await page.reload();
    await expect(
      page.getByRole("list", { name: "Recent projects" }).getByText(projectName),
    ).toBeVisible();
    await other.reload();
    await expect(other.getByText("No projects yet")).toBeVisible();
    await other.close();
  });

  await test.step("sign out, and find the doors closed", async () => {
    await page.goto(`/org/${north}/projects/${projectId}`);
    await expect(page.getByRole("heading", { level: 1, name: projectName })).toBeVisible();
    await signOut(page);
    await page.goto(`/org/${north}/dashboard`);
    await page.waitForURL(/\/sign-in/);
  });

  await test.step("somebody else sees none of it", async () => {
    const context = await browser.newContext();
    const stranger = await context.newPage();
    await signUp(stranger, newPerson("stranger"));
    await stranger.goto(`/org/${north}/dashboard`);
    await expect(
      stranger.getByRole("heading", { name: "Not one of your organizations" }),
    ).toBeVisible();
    await check(stranger, "not-mine");
    await stranger.goto("/create-org");
    await createOrganization(stranger, `Other ${run}`, `other-${run}`);
    await expect(stranger.getByText(projectName)).toBeHidden();
    await stranger.goto(`/org/other-${run}/projects`);
    await expect(stranger.getByText("No projects yet")).toBeVisible();
    await stranger.goto(`/org/other-${run}/projects/${projectId}`);
    await expect(stranger.getByRole("heading", { name: "Nothing here" })).toBeVisible();
    expect(await statusOf(stranger, `/api/v1/projects/${projectId}`)).toBe(404);
    expect(await statusOf(stranger, `/api/v1/projects/${projectId}/documents`)).toBe(404);
    expect(await statusOf(stranger, `/api/v1/documents/${documentId}`)).toBe(404);
    expect(await statusOf(stranger, `/api/v1/documents/${documentId}/presign-download`)).toBe(404);
    await context.close();
  });

  await test.step("and the owner comes back to where they wanted to go", async () => {
    await page.goto(`/org/${north}/projects/${projectId}`);
    await page.waitForURL(/\/sign-in/);
    await signIn(page, owner);
    await page.waitForURL(`**/org/${north}/projects/${projectId}`);
    await expect(page.getByRole("list", { name: "Documents" }).getByText(fileName)).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    await check(page, "project-phone");
  });
});

function switcher(page: Page) {
  return page.getByRole("button", { name: /organization switcher/i }).filter({ visible: true });
}

async function openSwitcher(page: Page, current: string): Promise<void> {
  await expect(switcher(page)).toContainText(current);
  await switcher(page).click();
}
