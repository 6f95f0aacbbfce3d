import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { ProjectRole } from "@/api/types";

const PAGE = 50;

/** What a person may say about a project. */
export interface ProjectInput {
  name: string;
  description: string | null;
}

/** The projects of an organization, newest activity as the server orders it, page by page. */
export function projectsQuery(api: Api, orgId: string) {
  return infiniteQueryOptions({
    queryKey: ["org", orgId, "projects"],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/projects", {
          params: { query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** One project. */
export function projectQuery(api: Api, orgId: string, id: string) {
  return queryOptions({
    queryKey: ["org", orgId, "project", id],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/projects/{id}", { params: { path: { id } }, signal })),
  });
}

/** The people on a project. */
export function projectMembersQuery(api: Api, orgId: string, id: string) {
  return infiniteQueryOptions({
    queryKey: ["org", orgId, "project", id, "members"],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/projects/{id}/members", {
          params: { path: { id }, query: { limit: 100, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** Creates a project; the same key twice creates it once. */
export function createProject(api: Api, body: ProjectInput, key: string) {
  return take(api.POST("/api/v1/projects", { body, headers: { "Idempotency-Key": key } }));
}

/** Changes a project's name and description. */
export function updateProject(api: Api, id: string, body: ProjectInput) {
  return take(api.PUT("/api/v1/projects/{id}", { params: { path: { id } }, body }));
}

/** Deletes a project with everything in it. */
export function deleteProject(api: Api, id: string) {
  return take(api.DELETE("/api/v1/projects/{id}", { params: { path: { id } } }));
}

/** Puts a member of the organization on a project. */
export function addProjectMember(api: Api, id: string, memberId: string, projectRole: ProjectRole) {
  return take(
    api.POST("/api/v1/projects/{id}/members", {
      params: { path: { id } },
      body: { memberId, projectRole },
    }),
  );
}

/** Changes what somebody is on a project. */
export function updateProjectMember(
  api: Api,
  id: string,
  memberId: string,
  projectRole: ProjectRole,
) {
  return take(
    api.PUT("/api/v1/projects/{id}/members/{memberId}", {
      params: { path: { id, memberId } },
      body: { projectRole },
    }),
  );
}

/** Takes somebody off a project. */
export function removeProjectMember(api: Api, id: string, memberId: string) {
  return take(
    api.DELETE("/api/v1/projects/{id}/members/{memberId}", { params: { path: { id, memberId } } }),
  );
}

/** Everything shown of an organization's projects is asked anew. */
export function refreshProjects(client: QueryClient, orgId: string): Promise<unknown> {
  return Promise.all([
    client.invalidateQueries({ queryKey: ["org", orgId, "projects"] }),
    client.invalidateQueries({ queryKey: ["org", orgId, "project"] }),
  ]);
}
