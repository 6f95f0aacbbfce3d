import type { Access, CurrentOrganization, CurrentUser, Reach } from "./access";
import type { TokenSource } from "./follower";
import { RefusedError } from "./store";

interface MeBody extends CurrentUser {
  organization: CurrentOrganization | null;
}

interface OrganizationBody {
  userPermissions: string[];
}

/** Asks the server who the caller is and what they may do. Null where nobody is signed in. */
export async function loadAccess(baseUrl: string, getToken: TokenSource): Promise<Access | null> {
  const me = await get<MeBody>(`${baseUrl}/api/v1/me`, getToken);
  if (!me) return null;
  const { organization, ...user } = me;
  if (!organization) return { user, organization, permissions: new Map(), pages: [], roles: [] };
  const path = `${baseUrl}/api/v1/organizations/${encodeURIComponent(organization.id)}`;
  const details = await get<OrganizationBody>(path, getToken);
  if (!details) return null;
  const permissions = new Map<string, Reach>(details.userPermissions.map((key) => [key, "all"]));
  return { user, organization, permissions, pages: [], roles: [] };
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
