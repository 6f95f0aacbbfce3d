import { createContext, type ReactNode, use, useMemo } from "react";
import type { Api } from "@/api/client";
import type { Organization } from "@/api/types";
import { useApi } from "@/auth/api";

interface CurrentOrg {
  org: Organization;
  /** The slug as it stands in the address. */
  slug: string;
  /** Speaks for this organization, whatever Clerk holds active. */
  api: Api;
  /** Whether the caller's role holds a permission such as `projects:create`. */
  may(permission: string): boolean;
}

const OrgContext = createContext<CurrentOrg | undefined>(undefined);

/** Makes the organization of the address known to the pages below. */
export function OrgProvider({
  org,
  slug,
  children,
}: {
  org: Organization;
  slug: string;
  children: ReactNode;
}) {
  const api = useApi(org.clerkOrgId);
  const value = useMemo(
    () => ({
      org,
      slug,
      api,
      may: (permission: string) => org.userPermissions.includes(permission),
    }),
    [org, slug, api],
  );
  return <OrgContext value={value}>{children}</OrgContext>;
}

/** The organization of the address. */
export function useOrg(): CurrentOrg {
  const current = use(OrgContext);
  if (!current) throw new Error("useOrg outside of OrgProvider");
  return current;
}
