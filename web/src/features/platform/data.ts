import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { Impersonation, MessageState, Organization, PlatformUser } from "@/api/types";

const PAGE = 50;
/** What is looked at while somebody mends it does not stand still. */
const LOOK_MS = 10_000;

/** The beginning of the keys of everything that a change of the platform may have changed. */
export const PLATFORM_KEY = ["platform"] as const;

/** How the installation is: what waits, what was given up. */
export function platformStatusQuery(api: Api) {
  return queryOptions({
    queryKey: [...PLATFORM_KEY, "status"],
    queryFn: ({ signal }) => take(api.GET("/api/v1/platform/status", { signal })),
    refetchInterval: LOOK_MS,
  });
}

/** Which organizations, as it stands in the address. What is absent does not narrow. */
export interface OrganizationFilter {
  /** In the name or the slug, or an id. */
  q?: string;
  status?: Organization["provisioningStatus"];
  /** Absent: those that are there. */
  deleted?: "yes" | "any";
}

/** All organizations, by name. */
export function platformOrganizationsQuery(api: Api, filter: OrganizationFilter) {
  const state = { yes: "deleted", any: undefined } as const;
  return infiniteQueryOptions({
    queryKey: [...PLATFORM_KEY, "organizations", filter],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/platform/organizations", {
          params: {
            query: {
              search: filter.q,
              provisioningStatus: filter.status,
              state: filter.deleted ? state[filter.deleted] : "active",
              limit: PAGE,
              cursor: pageParam,
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** One organization, with the state of its tenant. */
export function platformOrganizationQuery(api: Api, id: string) {
  return queryOptions({
    queryKey: [...PLATFORM_KEY, "organization", id],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/platform/organizations/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.job ? LOOK_MS / 5 : false),
  });
}

/** Which webhooks, as it stands in the address. What is absent does not narrow. */
export interface MessageFilter {
  /** Exactly this one. */
  eventType?: string;
  state?: MessageState;
}

/** Webhooks that came, the newest first. */
export function messagesQuery(api: Api, filter: MessageFilter) {
  return infiniteQueryOptions({
    queryKey: [...PLATFORM_KEY, "inbox", filter],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/platform/inbox", {
          params: { query: { ...filter, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** What a webhook said. That it was read is recorded, so it is asked for by a press alone. */
export function readPayload(api: Api, id: string) {
  return take(api.GET("/api/v1/platform/inbox/{id}/payload", { params: { path: { id } } }));
}

/** Whose e-mail is somebody else's as well, the newest first. */
export function conflictsQuery(api: Api, isOpen: boolean) {
  const state = isOpen ? "open" : "closed";
  return infiniteQueryOptions({
    queryKey: [...PLATFORM_KEY, "conflicts", state],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/platform/conflicts", {
          params: { query: { state, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** Whether somebody may act by it. */
export function isOpen({ status }: Impersonation): boolean {
  return status === "pending" || status === "active";
}

/** Who acts, and acted, for whom, the newest first; all where nothing is said. */
export function impersonationsQuery(api: Api, state?: "open" | "over") {
  return infiniteQueryOptions({
    queryKey: [...PLATFORM_KEY, "impersonations", state],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/platform/impersonations", {
          params: { query: { state, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
    // They begin elsewhere, and end by themselves.
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.data.some(isOpen)) ? LOOK_MS : false,
  });
}

/** All feature flags, by key. */
export function flagsQuery(api: Api) {
  return queryOptions({
    queryKey: [...PLATFORM_KEY, "flags"],
    queryFn: async ({ signal }) => (await take(api.GET("/api/v1/platform/flags", { signal }))).data,
  });
}

/** Organizations for which something else holds than for everybody, by name. */
export function exceptionsQuery(api: Api, key: string) {
  return infiniteQueryOptions({
    queryKey: [...PLATFORM_KEY, "flags", key],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/platform/flags/{key}/organizations", {
          params: { path: { key }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** Whom to find: somebody's id, or what was typed. */
export type Wanted = { id: string } | { search: string };

/** People by an id or a whole address. Each look is recorded, so nothing is read anew by itself. */
export function peopleQuery(api: Api, wanted: Wanted | undefined) {
  return queryOptions({
    queryKey: ["platformPeople", wanted],
    queryFn: ({ signal }): Promise<PlatformUser[]> => look(api, wanted, signal),
    enabled: wanted !== undefined,
    staleTime: "static",
    gcTime: 0,
  });
}

async function look(api: Api, wanted: Wanted | undefined, signal: AbortSignal) {
  if (!wanted) return [];
  if ("id" in wanted) {
    const { id } = wanted;
    const path = "/api/v1/platform/users/{id}";
    return [await take(api.GET(path, { params: { path: { id } }, signal }))];
  }
  const { search } = wanted;
  const found = api.POST("/api/v1/platform/users/look-up", { body: { search }, signal });
  return (await take(found)).data;
}

/** What operators change. */
export function platformCommands(api: Api) {
  const flag = (key: string) => ({ params: { path: { key } } });
  const exception = (key: string, id: string) => ({ params: { path: { key, id } } });
  return {
    setFlag: (key: string, body: { isEnabled: boolean; description?: string }) =>
      take(api.PUT("/api/v1/platform/flags/{key}", { ...flag(key), body })),
    deleteFlag: (key: string) => take(api.DELETE("/api/v1/platform/flags/{key}", flag(key))),
    setFlagFor: (key: string, id: string, isEnabled: boolean) =>
      take(
        api.PUT("/api/v1/platform/flags/{key}/organizations/{id}", {
          ...exception(key, id),
          body: { isEnabled },
        }),
      ),
    endException: (key: string, id: string) =>
      take(api.DELETE("/api/v1/platform/flags/{key}/organizations/{id}", exception(key, id))),
    retryProvisioning: (id: string) =>
      take(
        api.POST("/api/v1/platform/organizations/{id}/retry-provisioning", {
          params: { path: { id } },
        }),
      ),
    replay: (id: string) =>
      take(api.POST("/api/v1/platform/inbox/{id}/replay", { params: { path: { id } } })),
    replayDead: (eventType: string | undefined) => replayDead(api, eventType),
    endImpersonation: (id: string) =>
      take(api.DELETE("/api/v1/platform/impersonations/{id}", { params: { path: { id } } })),
    resolveConflict: (userId: string, otherId: string) =>
      take(api.POST("/api/v1/platform/conflicts/resolve", { body: { userId, otherId } })),
  };
}

/** Requests of one replay, at most: ten thousand messages. */
const ROUNDS_MAX = 20;

/** Opens all that was given up by now, so many at once as the server takes; answers how many, and how many are left. */
async function replayDead(api: Api, eventType: string | undefined) {
  const all = { opened: 0, remaining: 0 };
  let until: string | undefined;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const answer = await take(
      api.POST("/api/v1/platform/inbox/replay-dead", { body: { eventType, until } }),
    );
    all.opened += answer.opened;
    all.remaining = answer.remaining;
    until = answer.until;
    if (answer.opened === 0 || answer.remaining === 0) break;
  }
  return all;
}

/** Everything shown of the platform is asked anew, but what is recorded when it is read. */
export function refreshPlatform(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: PLATFORM_KEY });
}
