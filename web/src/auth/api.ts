import { useClerk } from "@clerk/react";
import { useMemo } from "react";
import { type Api, createApi, type TokenSource } from "@/api/client";

type Clerk = ReturnType<typeof useClerk>;

const SETTLE_MAX_MS = 10_000;

/**
 * The API in the name of the signed-in person. With `clerkOrgId` every call speaks for that
 * organization, whichever one Clerk holds active at the moment: two tabs may show two.
 */
export function useApi(clerkOrgId?: string): Api {
  const source = useTokenSource(clerkOrgId);
  return useMemo(() => createApi(source), [source]);
}

/** The tokens that [`useApi`] sends; the same function for as long as it speaks for the same organization. */
export function useTokenSource(clerkOrgId?: string): TokenSource {
  const clerk = useClerk();
  return useMemo(
    () =>
      async ({ fresh }) => {
        await settled(clerk);
        const options = { skipCache: fresh, ...(clerkOrgId ? { organizationId: clerkOrgId } : {}) };
        return (await clerk.session?.getToken(options)) ?? null;
      },
    [clerk, clerkOrgId],
  );
}

/** Waits while Clerk is loading or changing the active organization: it has no session then, though somebody is signed in. */
function settled(clerk: Clerk): Promise<void> {
  if (clerk.session !== undefined) return Promise.resolve();
  return new Promise((resolve) => {
    let stop = () => {};
    const done = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, SETTLE_MAX_MS);
    stop = clerk.addListener(({ session }) => {
      // Listeners are told the present state at once, before there is a way to stop listening.
      if (session !== undefined) queueMicrotask(done);
    });
  });
}
