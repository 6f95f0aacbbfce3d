import { type Api, take } from "@/api/client";
import type { Impersonation, ImpersonationStarted, Page } from "@/api/types";

/** How long somebody may act for another, in minutes; the first is the usual one. */
export const MINUTES = [30, 15, 60, 120] as const;
/** Characters of a reason at most. */
export const REASON_MAX = 500;

/** Starts to act for somebody; the answer has the link that does it, once. */
export function startImpersonation(
  api: Api,
  userId: string,
  reason: string,
  minutes: number,
): Promise<ImpersonationStarted> {
  return take(api.POST("/api/v1/platform/impersonations", { body: { userId, reason, minutes } }));
}

/** Ends every impersonation of the caller's own that is open: one at most. */
export async function endMine(api: Api): Promise<void> {
  const me = await take(api.GET("/api/v1/me"));
  const open: Page<Impersonation> = await take(
    api.GET("/api/v1/platform/impersonations", { params: { query: { state: "open" } } }),
  );
  const mine = open.data.filter(({ impersonator }) => impersonator.id === me.id);
  for (const { id } of mine)
    await take(api.DELETE("/api/v1/platform/impersonations/{id}", { params: { path: { id } } }));
}
