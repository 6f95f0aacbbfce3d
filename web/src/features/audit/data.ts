import { infiniteQueryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import { toApiError } from "@/api/errors";

const PAGE = 50;

/** Which facts. What is absent does not narrow. */
export interface AuditFilter {
  actorId?: string;
  objectType?: string;
  objectId?: string;
  action?: string;
  /** Days in the reader's own zone, `2026-11-20`; the last one is included. */
  from?: string;
  to?: string;
}

/** The filter as the server takes it: days become instants. */
export function asQuery({ from, to, ...rest }: AuditFilter) {
  const start = (day: string, plus = 0) => {
    const date = new Date(`${day}T00:00:00`);
    date.setDate(date.getDate() + plus);
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
  };
  return { ...rest, from: from && start(from), to: to && start(to, 1) };
}

/** What was done in the organization, newest first. */
export function auditQuery(api: Api, orgId: string, filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ["org", orgId, "audit", filter],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/audit", {
          params: { query: { ...asQuery(filter), limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

/** How an export is written. */
export type AuditFormat = "ndjson" | "csv";

/** All of what the filter leaves, as a file. It counts only once it has come in full. */
export async function exportAudit(
  api: Api,
  filter: AuditFilter,
  format: AuditFormat,
): Promise<Blob> {
  const { data, error, response } = await api.GET("/api/v1/audit/export", {
    params: { query: { ...asQuery(filter), format } },
    parseAs: "blob",
  });
  if (!response.ok || !data) throw toApiError(response, error);
  return data as Blob;
}
