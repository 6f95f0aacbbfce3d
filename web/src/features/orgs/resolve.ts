/** What the server knows of an organization, as far as its address goes. */
export interface KnownOrg {
  clerkOrgId: string;
  slug: string;
}

/** A membership as Clerk's browser part sees it; it may run ahead of the server by a moment. */
export interface ClerkOrg {
  id: string;
  slug: string;
}

/** What an address `/org/<slug>` turned out to mean. */
export type Resolution<T extends KnownOrg> =
  | { kind: "found"; org: T }
  /** Mine, under another slug now. */
  | { kind: "renamed"; slug: string }
  /** Clerk knows that it is mine, the server does not yet. */
  | { kind: "arriving"; clerkOrgId: string }
  | { kind: "unknown" };

/**
 * Finds the organization that a slug means. Clerk's own slug is the valid one, since a new name
 * shows there first; the server's and the one remembered from earlier visits lead to it.
 */
export function resolveSlug<T extends KnownOrg>(
  slug: string,
  known: readonly T[],
  clerk: readonly ClerkOrg[],
  remembered: string | undefined,
): Resolution<T> {
  const mine = clerk.find((org) => org.slug === slug);
  const org = mine ? known.find((one) => one.clerkOrgId === mine.id) : undefined;
  if (mine) return org ? { kind: "found", org } : { kind: "arriving", clerkOrgId: mine.id };

  const byName =
    known.find((one) => one.slug === slug) ?? known.find((one) => one.clerkOrgId === remembered);
  if (byName) {
    const valid = clerk.find((one) => one.id === byName.clerkOrgId)?.slug ?? byName.slug;
    return valid === slug ? { kind: "found", org: byName } : { kind: "renamed", slug: valid };
  }
  const renamed = clerk.find((one) => one.id === remembered);
  return renamed ? { kind: "renamed", slug: renamed.slug } : { kind: "unknown" };
}
