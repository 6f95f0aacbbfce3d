import type { Access, Action, CurrentOrganization, CurrentUser, Reach } from "./access.js";
import type { Flags } from "./flags.js";
import type { TokenSource } from "./follower.js";
import { type Refusal, RefusedError } from "./refused.js";

interface MeBody extends CurrentUser {
  organization: CurrentOrganization | null;
  /** The organization that the session speaks for, where it does not let its member in. */
  barred?: { name: string; status: "suspended" | "pending" } | null;
}

interface PermissionsBody {
  role: string | null;
  permissions: Array<{ permission: string; reach: Reach }>;
}

interface PagesBody {
  pages: Array<{ page: string; title: string; actions: Action[] }>;
}

interface PolicyBody {
  /** The highest first. */
  roles: Array<{ key: string; title: string }>;
}

interface FlagsBody {
  flags: Record<string, boolean>;
}

/** What asks the server who the caller is and what they may do: null where nobody is signed in. */
export function accessLoader(baseUrl: string, getToken: TokenSource): () => Promise<Access | null> {
  const ask = <T>(path: string) => get<T>(`${baseUrl}/api/v1${path}`, getToken);
  // Roles change with the installation's configuration alone.
  let policy: PolicyBody | null = null;
  return async () => {
    const me = await ask<MeBody>("/me");
    if (!me) return null;
    const { id, email, fullName, avatarUrl, platformRole, organization } = me;
    const user = { id, email, fullName, avatarUrl, platformRole };
    if (!organization) {
      if (me.barred) throw new RefusedError(barred(me.barred));
      return { user, organization, permissions: new Map(), pages: [], roles: [] };
    }
    const [held, open] = await Promise.all([
      ask<PermissionsBody>("/me/permissions"),
      ask<PagesBody>("/me/pages"),
    ]);
    policy ??= await ask<PolicyBody>("/policy");
    if (!held || !open || !policy) return null;
    const roles = policy.roles.map(({ key, title }, index, all) => ({
      key,
      title,
      rank: all.length - index,
    }));
    return {
      user,
      organization: { ...organization, role: held.role },
      permissions: new Map(held.permissions.map(({ permission, reach }) => [permission, reach])),
      pages: open.pages.map(({ page, title, actions }) => ({ key: page, title, actions })),
      roles,
    };
  };
}

/** What asks the server which flags are on: none where nobody is signed in. */
export function flagLoader(baseUrl: string, getToken: TokenSource): () => Promise<Flags> {
  return async () => {
    const body = await get<FlagsBody>(`${baseUrl}/api/v1/me/flags`, getToken);
    return new Map(Object.entries(body?.flags ?? {}));
  };
}

function barred({ name, status }: NonNullable<MeBody["barred"]>): Refusal {
  const title =
    status === "suspended"
      ? `Your membership of ${name} is suspended`
      : `Your membership of ${name} waits for the end of another one`;
  return { status: 403, code: "TENANT_ACCESS_DENIED", title, barred: status };
}

/** A reading with the token, and once more with a fresh one where it is refused. */
async function get<T>(url: string, getToken: TokenSource): Promise<T | null> {
  let refusal: RefusedError | undefined;
  for (const fresh of [false, true]) {
    const token = await getToken({ fresh });
    if (!token) return null;
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (response.ok) return (await response.json()) as T;
    if (response.status === 429 || response.status >= 500) {
      throw new Error(`${url} answered ${response.status}`);
    }
    refusal = await refused(response);
    if (response.status !== 401) break;
  }
  throw refusal;
}

async function refused(response: Response): Promise<RefusedError> {
  const body: unknown = await response.json().catch(() => undefined);
  const text = (name: string) => {
    const value = (body as Record<string, unknown> | undefined)?.[name];
    return typeof value === "string" ? value : undefined;
  };
  return new RefusedError({
    status: response.status,
    code: text("code") ?? `HTTP_${response.status}`,
    title: text("title") ?? "The request was refused",
  });
}
