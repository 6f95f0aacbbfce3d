import { useAuth } from "@clerk/react";
import { useMemo, useRef } from "react";
import { type Api, createApi } from "@/api/client";

/**
 * The API in the name of the signed-in person. With `clerkOrgId` every call speaks for that
 * organization, whichever one Clerk holds active at the moment: two tabs may show two.
 */
export function useApi(clerkOrgId?: string): Api {
  const { getToken } = useAuth();
  const latest = useRef(getToken);
  latest.current = getToken;
  return useMemo(
    () =>
      createApi(({ fresh }) =>
        latest.current(
          clerkOrgId ? { organizationId: clerkOrgId, skipCache: fresh } : { skipCache: fresh },
        ),
      ),
    [clerkOrgId],
  );
}
