import { useClerk, useSession } from "@clerk/react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useEffect, useState } from "react";
import { take } from "@/api/client";
import { Button } from "@/components/ui/button";
import { paths } from "@/lib/paths";
import { minutesLeft, timeOf } from "./acting";
import { useApi } from "./api";
import { useSessionRefusal } from "./refusal";

/** Somebody else may have ended it. */
const LOOK_MS = 10_000;
const TICK_MS = 15_000;

/** Says so on every page where somebody else acts for the signed-in person, and ends it. */
export function ActingBanner() {
  const { session } = useSession();
  return session?.actor ? <Acting sessionId={session.id} /> : null;
}

function Acting({ sessionId }: { sessionId: string }) {
  const clerk = useClerk();
  const api = useApi();
  const refusal = useSessionRefusal();
  const query = useQuery({
    queryKey: ["me", "acting", sessionId],
    queryFn: ({ signal }) => take(api.GET("/api/v1/me", { signal })),
    refetchInterval: LOOK_MS,
    enabled: !refusal,
  });
  const stop = useMutation({
    mutationFn: () => take(api.DELETE("/api/v1/me/impersonation")),
    // Whatever the server could be told: nobody goes on here.
    onSettled: () => leave(clerk, sessionId),
  });
  const { mutate: end, isPending } = stop;
  const me = query.data;
  const acting = me?.impersonation;
  const now = useNow(acting?.expiresAt, () => end());
  if (refusal || !me || !acting) return null;
  const left = minutesLeft(acting.expiresAt, now);
  return (
    <section
      aria-label="Acting for somebody"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-30 flex justify-center px-4 md:bottom-5"
    >
      <div className="pointer-events-auto flex items-center gap-2.5 rounded-xl bg-warning-soft py-2 pr-2 pl-4 text-sm text-warning-text shadow-raised">
        <Eye className="size-4 shrink-0" aria-hidden />
        <div className="min-w-0 leading-snug">
          <p role="status">
            <span className="font-semibold">{acting.impersonator.name ?? "Somebody"}</span> acts for{" "}
            <span className="font-semibold">{me.email ?? me.fullName}</span>
          </p>
          <p className="text-[0.8125rem]">
            until <time dateTime={acting.expiresAt}>{timeOf(acting.expiresAt)}</time>, {left} left
          </p>
        </div>
        <Button variant="quiet" size="sm" busy={isPending} onClick={() => end()}>
          Stop
        </Button>
      </div>
    </section>
  );
}

/** The time, looked at every so often; `atEnd` is called once `until` has come. */
function useNow(until: string | undefined, atEnd: () => void): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (!until) return;
    const timer = setTimeout(atEnd, Math.max(0, Date.parse(until) - Date.now()));
    return () => clearTimeout(timer);
  }, [until, atEnd]);
  return now;
}

/** Leaves one session, and the page with it; somebody else who is signed in in this browser goes on. */
export async function leave(clerk: ReturnType<typeof useClerk>, sessionId: string): Promise<void> {
  const sessions = clerk.client?.sessions ?? [];
  const own = sessions.find(({ id, status }) => id !== sessionId && status === "active");
  try {
    if (own) await clerk.setActive({ session: own.id });
    // Where to is said below: the page is read anew, not gone on with.
    await clerk.signOut(() => undefined, { sessionId });
  } finally {
    // The identity provider may have ended it first; what was read must not stay in any case.
    window.location.assign(paths.home());
  }
}
