import { useCurrentUser } from "@bailiwick/react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useOrg } from "@/features/orgs/context";
import { policyQuery } from "./data";
import type { Viewer } from "./rights";

/** Who looks, and by which policy. */
export function useViewer(): Viewer {
  const { org, may } = useOrg();
  const { user } = useCurrentUser();
  const userId = user?.id;
  return useMemo(() => ({ userId, role: org.userRole, may }), [userId, org.userRole, may]);
}

/** The policy, once it is known. */
export function usePolicy() {
  const { api } = useOrg();
  return useQuery(policyQuery(api));
}
