const segment = encodeURIComponent;

/** Every address within the page. Links are made here and nowhere else. */
export const paths = {
  home: () => "/",
  signIn: (returnTo?: string) => withReturn("/sign-in", returnTo),
  signUp: (returnTo?: string) => withReturn("/sign-up", returnTo),
  waitlist: () => "/waitlist",
  dashboard: () => "/dashboard",
  organizations: () => "/org",
  createOrganization: () => "/create-org",
  emailConflict: () => "/email-conflict",
  platform: () => "/platform",
  platformOrganizations: () => "/platform/organizations",
  platformPeople: () => "/platform/people",
  platformImpersonations: () => "/platform/impersonations",
  platformWebhooks: () => "/platform/webhooks",
  platformConflicts: () => "/platform/conflicts",
  platformFlags: () => "/platform/flags",
  orgDashboard: (slug: string) => `/org/${segment(slug)}/dashboard`,
  projects: (slug: string) => `/org/${segment(slug)}/projects`,
  project: (slug: string, id: string) => `/org/${segment(slug)}/projects/${segment(id)}`,
  team: (slug: string) => `/org/${segment(slug)}/team`,
  audit: (slug: string) => `/org/${segment(slug)}/audit`,
  orgSettings: (slug: string) => `/org/${segment(slug)}/settings`,
  billing: (slug: string) => `/org/${segment(slug)}/settings/billing`,
  statements: () => "/organization-profile/organization-billing",
  apiReference: () => "/api/docs",
} as const;

/** The name of the query parameter that carries the way back; Clerk uses the same one. */
export const RETURN_PARAMETER = "redirect_url";

function withReturn(path: string, returnTo: string | undefined): string {
  const safe = safeReturnPath(returnTo);
  return safe ? `${path}?${RETURN_PARAMETER}=${encodeURIComponent(safe)}` : path;
}

/**
 * A path on this very site, or nothing. Anything that a browser could read as another origin
 * (`//host`, `/\host`, a scheme, control characters) is refused, and so are the sign-in pages.
 */
export function safeReturnPath(value: unknown, origin = "http://same.invalid"): string | undefined {
  if (typeof value !== "string" || value.length === 0 || value.length > 2048) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop these while parsing, so they can hide a second slash.
  if (/[\u0000-\u001f\\]/.test(value)) return undefined;
  let url: URL;
  try {
    url = new URL(value, origin);
  } catch {
    return undefined;
  }
  const relative = value.startsWith("/") && !value.startsWith("//");
  if (url.origin !== new URL(origin).origin) return undefined;
  if (!relative && !value.startsWith(`${origin}/`)) return undefined;
  if (/^\/(sign-in|sign-up|login|waitlist)(\/|$)/.test(url.pathname)) return undefined;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The same place in an organization whose slug is another one now. */
export function replaceSlug(pathname: string, slug: string): string {
  return pathname.replace(/^\/org\/[^/]+/, () => `/org/${segment(slug)}`);
}
