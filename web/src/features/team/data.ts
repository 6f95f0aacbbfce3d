import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { components } from "@/api/schema.gen";
import type { InvitationStatus, MemberStatus } from "@/api/types";
import type { PageGrants } from "./grants";

type Schemas = components["schemas"];

/** All that a member is to be granted beside the role. */
type MemberGrantsReplace = Omit<Schemas["MemberGrantsReplace"], "pages"> & { pages: PageGrants };

const PAGE = 50;

/** The roles, pages and templates of the installation. They change with its configuration alone. */
export function policyQuery(api: Api) {
  return queryOptions({
    queryKey: ["policy"],
    queryFn: ({ signal }) => take(api.GET("/api/v1/policy", { signal })),
    staleTime: 10 * 60_000,
  });
}

/** The members of an organization who have this status. */
export function teamQuery(api: Api, orgId: string, status: MemberStatus) {
  return infiniteQueryOptions({
    queryKey: ["org", orgId, "members", status],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/organizations/{id}/members", {
          // The document has the default as a schema of its own, which no value fits.
          params: {
            path: { id: orgId },
            query: { status: status as never, limit: PAGE, cursor: pageParam },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** The invitations of an organization, the newest first. */
export function invitationsQuery(api: Api, orgId: string, status: InvitationStatus | undefined) {
  return infiniteQueryOptions({
    queryKey: ["org", orgId, "invitations", status ?? "all"],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/organizations/{id}/invitations", {
          params: { path: { id: orgId }, query: { status, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** How many people there may be, and are with those who are invited. */
export function seatsQuery(api: Api, orgId: string) {
  return queryOptions({
    queryKey: ["org", orgId, "seats"],
    queryFn: ({ signal }) =>
      take(
        api.GET("/api/v1/organizations/{id}/seats", { params: { path: { id: orgId } }, signal }),
      ),
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
  const member = (userId: string) => ({ params: { path: { id: orgId, userId } } });
  const invitation = (invitationId: string) => ({
    params: { path: { id: orgId, invitationId } },
  });
  const org = { params: { path: { id: orgId } } };
  return {
    changeRole: (id: string, role: string) =>
      take(
        api.PATCH("/api/v1/organizations/{id}/members/{userId}", {
          ...member(id),
          body: { role },
        }),
      ),
    suspend: (id: string) =>
      take(api.POST("/api/v1/organizations/{id}/members/{userId}/suspend", member(id))),
    reactivate: (id: string) =>
      take(api.POST("/api/v1/organizations/{id}/members/{userId}/reactivate", member(id))),
    remove: (id: string) =>
      take(api.DELETE("/api/v1/organizations/{id}/members/{userId}", member(id))),
    leave: () => take(api.POST("/api/v1/organizations/{id}/leave", org)),
    transfer: (memberId: string) =>
      take(
        api.POST("/api/v1/organizations/{id}/transfer-ownership", { ...org, body: { memberId } }),
      ),
    invite: (invitations: Array<{ email: string; role: string }>) =>
      take(
        api.POST("/api/v1/organizations/{id}/invitations/bulk", { ...org, body: { invitations } }),
      ),
    resend: (id: string) =>
      take(
        api.POST("/api/v1/organizations/{id}/invitations/{invitationId}/resend", invitation(id)),
      ),
    revoke: (id: string) =>
      take(api.DELETE("/api/v1/organizations/{id}/invitations/{invitationId}", invitation(id))),
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
  return Promise.all([
    client.invalidateQueries({ queryKey: ["org", orgId, "members"] }),
    client.invalidateQueries({ queryKey: ["org", orgId, "invitations"] }),
    client.invalidateQueries({ queryKey: ["org", orgId, "seats"] }),
  ]);
}
