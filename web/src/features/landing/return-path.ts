import { useSearch } from "@tanstack/react-router";
import { RETURN_PARAMETER, safeReturnPath } from "@/lib/paths";

/** The search parameters of the sign-in pages: everything stays for Clerk, the way back only where it is ours. */
export function returnSearch(
  search: Record<string, unknown>,
): Record<string, unknown> & { redirect_url?: string } {
  const { [RETURN_PARAMETER]: wanted, ...rest } = search;
  const safe = safeReturnPath(wanted, window.location.origin);
  return safe ? { ...rest, [RETURN_PARAMETER]: safe } : rest;
}

/** Where to go after signing in, if somebody was on their way somewhere. */
export function useReturnPath(): string | undefined {
  const search: { redirect_url?: string } = useSearch({ strict: false });
  return search.redirect_url;
}
