import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { Organization } from "@/api/types";

const PAGE = 100;
const PAGES_MAX = 10;

/** All organizations of the caller, over as many pages as there are (at most a thousand). */
export function organizationsQuery(api: Api, userId: string) {
  return queryOptions({
    queryKey: ["organizations", userId],
    queryFn: async ({ signal }) => {
      const all: Organization[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const answer = await take(
          api.GET("/api/v1/organizations", { params: { query: { limit: PAGE, cursor } }, signal }),
        );
        all.push(...answer.data);
        if (!answer.nextCursor) break;
        cursor = answer.nextCursor;
      }
      return all;
    },
    staleTime: 30_000,
  });
}

/** One organization, asked in its own name. This works while it is being provisioned. */
export function organizationQuery(api: Api, id: string) {
  return queryOptions({
    queryKey: ["organization", id],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/organizations/{id}", { params: { path: { id } }, signal })),
  });
}

/** The members of an organization. */
export function organizationMembersQuery(api: Api, id: string) {
  return infiniteQueryOptions({
    queryKey: ["org", id, "members"],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/organizations/{id}/members", {
          params: { path: { id }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** Makes sure that the server knows the caller. Asked once a visit; doing it again changes nothing. */
export function bootstrapQuery(api: Api, userId: string) {
  return queryOptions({
    queryKey: ["bootstrap", userId],
    queryFn: ({ signal }) => take(api.POST("/api/v1/me/bootstrap", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
