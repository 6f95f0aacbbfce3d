import { BailiwickProvider, useAccess, usePermissions } from "@bailiwick/react";
import { createContext, type ReactNode, use, useMemo } from "react";
import { type Api, createApi } from "@/api/client";
import type { Organization } from "@/api/types";
import { useTokenSource } from "@/auth/api";
import { LiveUpdates } from "@/features/live/live-updates";

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

interface OrgProviderProps {
  org: Organization;
  slug: string;
  children: ReactNode;
}

/** Makes the organization of the address known to the pages below, with what one may do in it, as of now. */
export function OrgProvider(props: OrgProviderProps) {
  const source = useTokenSource(props.org.clerkOrgId);
  const api = useMemo(() => createApi(source), [source]);
  return (
    <BailiwickProvider getToken={source}>
      <LiveUpdates />
      <Current {...props} api={api} />
    </BailiwickProvider>
  );
}

function Current({ org, slug, api, children }: OrgProviderProps & { api: Api }) {
  const isKnown = useAccess().status === "ready";
  const { has } = usePermissions();
  const value = useMemo(
    () => ({
      org,
      slug,
      api,
      // The list of organizations came first and says the same; what is known since counts.
      may: (permission: string) =>
        isKnown ? has(permission) : org.userPermissions.includes(permission),
    }),
    [org, slug, api, isKnown, has],
  );
  return <OrgContext value={value}>{children}</OrgContext>;
}

/** The organization of the address. */
export function useOrg(): CurrentOrg {
  const current = use(OrgContext);
  if (!current) throw new Error("useOrg outside of OrgProvider");
  return current;
}
