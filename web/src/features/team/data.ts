import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { components } from "@/api/schema.gen";
import type { PageGrants } from "./grants";

type Schemas = components["schemas"];

/** All that a member is to be granted beside the role. */
type MemberGrantsReplace = Omit<Schemas["MemberGrantsReplace"], "pages"> & { pages: PageGrants };

/** The roles, pages and templates of the installation. They change with its configuration alone. */
export function policyQuery(api: Api) {
  return queryOptions({
    queryKey: ["policy"],
    queryFn: ({ signal }) => take(api.GET("/api/v1/policy", { signal })),
    staleTime: 10 * 60_000,
  });
}

/** What a member was granted beside the role. */
export function grantsQuery(api: Api, orgId: string, userId: string) {
  return queryOptions({
    queryKey: ["org", orgId, "members", "grants", userId],
    queryFn: ({ signal }) =>
      take(
        api.GET("/api/v1/organizations/{id}/members/{userId}/grants", {
          params: { path: { id: orgId, userId } },
          signal,
        }),
      ),
    staleTime: 0,
    // An editor begins with what holds, never with what it showed the last time.
    gcTime: 0,
  });
}

/** Changes of one organization's people. Each answers what holds then. */
export function teamCommands(api: Api, orgId: string) {
  return {
    replaceGrants: (userId: string, body: MemberGrantsReplace) =>
      take(
        api.PUT("/api/v1/organizations/{id}/members/{userId}/grants", {
          params: { path: { id: orgId, userId } },
          // The generated type asks for every default; the server does not.
          body: body as Schemas["MemberGrantsReplace"],
        }),
      ),
  };
}

/** Everything shown of an organization's people is asked anew. */
export function refreshTeam(client: QueryClient, orgId: string): Promise<unknown> {
  return client.invalidateQueries({ queryKey: ["org", orgId, "members"] });
}
