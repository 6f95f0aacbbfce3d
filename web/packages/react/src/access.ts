/** What may be done on a page. Any of them implies `view`. */
export type Action = "view" | "create" | "edit" | "delete" | "approve";

/** How far a permission goes: everything, the projects one is on, what is one's own. */
export type Reach = "all" | "project" | "own";

/** The signed-in person. */
export interface CurrentUser {
  id: string;
  email: string | null;
  fullName: string | null;
  avatarUrl: string | null;
  /** `none` for everybody but those who operate the installation. */
  platformRole: string;
}

/** The organization that the session speaks for. */
export interface CurrentOrganization {
  id: string;
  slug: string;
  name: string;
  /** The key of the caller's role; null for who operates the installation. */
  role: string | null;
}

/** A page and what the caller may do on it. */
export interface PageAccess {
  key: string;
  title: string;
  actions: readonly Action[];
}

/** A role of the organization's policy. */
export interface Role {
  key: string;
  title: string;
  /** The greater holds more. */
  rank: number;
}

/** Everything that guards and hooks decide by. */
export interface Access {
  user: CurrentUser;
  organization: CurrentOrganization | null;
  /** By key, such as `projects:create`, how far each goes. */
  permissions: ReadonlyMap<string, Reach>;
  /** The pages that the caller may open. */
  pages: readonly PageAccess[];
  /** Every role there is, for who compares ranks. */
  roles: readonly Role[];
}

/** Whether a permission is held, however far. */
export function holds(access: Access, permission: string): boolean {
  return access.permissions.has(permission);
}

/** Whether an action is open on a page. */
export function mayOn(access: Access, page: string, action: Action = "view"): boolean {
  return access.pages.some(({ key, actions }) => key === page && actions.includes(action));
}

/** Whether the caller's role is `role` or one above it. Who operates the installation stands above all. */
export function hasRole(access: Access, role: string): boolean {
  if (access.user.platformRole === "super_admin") return true;
  const rankOf = (wanted: string | null | undefined) =>
    access.roles.find(({ key }) => key === wanted)?.rank;
  const [mine, needed] = [rankOf(access.organization?.role), rankOf(role)];
  return mine !== undefined && needed !== undefined && mine >= needed;
}
