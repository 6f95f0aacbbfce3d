import { expect, type Page } from "@playwright/test";

/** What the product's API answers to whoever is signed in on the page; nothing where it has no body. */
export async function ask<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  await page.waitForFunction(() => (window as { Clerk?: { session?: object } }).Clerk?.session);
  const answer = await page.evaluate(
    async ({ method, path, body }) => {
      const { Clerk } = window as unknown as {
        Clerk: { session: { getToken(options: object): Promise<string> } };
      };
      const token = await Clerk.session.getToken({ skipCache: true });
      const response = await fetch(`/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { ok: response.ok, text: await response.text() };
    },
    { method, path, body },
  );
  expect(answer.ok, answer.text).toBe(true);
  return (answer.text === "" ? undefined : JSON.parse(answer.text)) as T;
}
