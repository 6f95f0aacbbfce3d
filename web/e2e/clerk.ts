import { settings } from "./settings";

/** Makes somebody a member, as an operator would through Clerk's Backend API. */
export async function addMember(slug: string, email: string, role: string): Promise<void> {
  const organization = (await ask("GET", `/organizations/${slug}`)) as { id: string };
  const users = (await ask("GET", `/users?email_address=${encodeURIComponent(email)}`)) as Array<{
    id: string;
  }>;
  const user = users[0];
  if (!user) throw new Error(`nobody is known as ${email}`);
  await ask("POST", `/organizations/${organization.id}/memberships`, { user_id: user.id, role });
}

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const { url, key } = settings.clerk();
  const answer = await fetch(`${url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok)
    throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
