import { queryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";

/** The caller, as the server knows them, whichever organization they have active. */
export function meQuery(api: Api, userId: string) {
  return queryOptions({
    queryKey: ["me", userId],
    queryFn: ({ signal }) => take(api.GET("/api/v1/me", { signal })),
  });
}
