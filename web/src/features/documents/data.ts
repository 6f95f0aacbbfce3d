import { infiniteQueryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";

const PAGE = 50;

/** The documents of a project, page by page. */
export function documentsQuery(api: Api, orgId: string, projectId: string) {
  return infiniteQueryOptions({
    queryKey: ["org", orgId, "project", projectId, "documents"],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/projects/{id}/documents", {
          params: { path: { id: projectId }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** Deletes a document and its bytes. */
export function deleteDocument(api: Api, id: string) {
  return take(api.DELETE("/api/v1/documents/{id}", { params: { path: { id } } }));
}

/** A link to the bytes; it lives for a minute. */
export function downloadLink(api: Api, id: string) {
  return take(api.GET("/api/v1/documents/{id}/presign-download", { params: { path: { id } } }));
}
