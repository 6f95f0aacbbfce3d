import { settings } from "./settings";

/** Makes somebody a member, as an operator would through Clerk's Backend API. */
export async function addMember(slug: string, email: string, role: string): Promise<void> {
  const [organization, user] = [await organizationId(slug), await userId(email)];
  await ask("POST", `/organizations/${organization}/memberships`, { user_id: user, role });
}

/** Gives a member another role. */
export async function setRole(slug: string, email: string, role: string): Promise<void> {
  const [organization, user] = [await organizationId(slug), await userId(email)];
  await ask("PATCH", `/organizations/${organization}/memberships/${user}`, { role });
}

/** Ends a membership. */
export async function removeMember(slug: string, email: string): Promise<void> {
  const [organization, user] = [await organizationId(slug), await userId(email)];
  await ask("DELETE", `/organizations/${organization}/memberships/${user}`);
}

/** Gives an organization another address. */
export async function renameOrganization(slug: string, to: string): Promise<void> {
  await ask("PATCH", `/organizations/${await organizationId(slug)}`, { slug: to });
}

/** Calls for a new password at the next sign-in. */
export async function distrustPassword(email: string): Promise<void> {
  await ask("POST", `/users/${await userId(email)}/password/set_compromised`, {});
}

/** A link that signs a browser in as somebody, once; with an actor, in that one's hands. */
export async function signInLink(email: string, actor?: { sub: string }): Promise<string> {
  const user_id = await userId(email);
  const made = actor
    ? await ask("POST", "/actor_tokens", { user_id, actor, expires_in_seconds: 600 })
    : await ask("POST", "/sign_in_tokens", { user_id });
  return (made as { url: string }).url;
}

/** Asks somebody into an organization, as its administrator would. */
export async function inviteTo(slug: string, email: string, role: string): Promise<void> {
  const body = { email_address: email, role };
  await ask("POST", `/organizations/${await organizationId(slug)}/invitations`, body);
}

/** Gives an organization a domain, verified as only an operator can say it. */
export async function addDomain(slug: string, name: string, mode: string): Promise<void> {
  const body = { name, enrollment_mode: mode, verified: true };
  await ask("POST", `/organizations/${await organizationId(slug)}/domains`, body);
}

/** The provider's id of an organization. */
export async function organizationId(slug: string): Promise<string> {
  return ((await ask("GET", `/organizations/${slug}`)) as { id: string }).id;
}

async function userId(email: string): Promise<string> {
  const users = (await ask("GET", `/users?email_address=${encodeURIComponent(email)}`)) as Array<{
    id: string;
  }>;
  if (!users[0]) throw new Error(`nobody is known as ${email}`);
  return users[0].id;
}

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const { url, key } = settings.clerk;
  const answer = await fetch(`${url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok)
    throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
