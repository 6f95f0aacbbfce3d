import type { Page } from "@playwright/test";

/** The claims of the session's token, minted anew. */
export async function claims(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => {
    const { Clerk } = window as unknown as {
      Clerk: { session: { getToken(options: { skipCache: boolean }): Promise<string> } };
    };
    const token = await Clerk.session.getToken({ skipCache: true });
    const body = token.split(".")[1] ?? "";
    return JSON.parse(atob(body.replace(/-/g, "+").replace(/_/g, "/")));
  });
}
