import { useOrganization } from "@clerk/react";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useApi } from "@/auth/api";
import { useIdentity } from "@/auth/identity";
import { AppSkeleton } from "@/components/app-skeleton";
import { Notice } from "@/components/notice";
import { ProblemView } from "@/components/problem-view";
import { paths } from "@/lib/paths";
import { bootstrapQuery, organizationsQuery } from "./data";
import { noteNewWorkspace } from "./new-workspace-banner";

/** Leads on to the dashboard of the active organization, else of the first one, else to the choice. */
export function ToDashboard() {
  const user = useIdentity();
  const { organization } = useOrganization();
  const api = useApi();
  const hadNone = useRef(user.organizationMemberships.length === 0);
  const bootstrap = useQuery(bootstrapQuery(api, user.id));
  const made = hadNone.current ? bootstrap.data?.orgId : undefined;
  const query = useQuery({
    ...organizationsQuery(api, user.id),
    enabled: !bootstrap.isPending,
    refetchInterval: ({ state }) =>
      made && state.data && !state.data.some(({ id }) => id === made) ? 1500 : false,
  });
  const missing = made && !query.data?.some(({ id }) => id === made);
  useEffect(() => {
    if (made) noteNewWorkspace();
  }, [made]);

  const problem = bootstrap.error ?? query.error;
  if (problem && !query.data) {
    return (
      <Notice title="One moment">
        <ProblemView
          error={problem}
          what="your account"
          onRetry={() => void (bootstrap.isError ? bootstrap.refetch() : query.refetch())}
        />
      </Notice>
    );
  }
  // Clerk may know an organization a moment before the server does; its page waits for that.
  if (organization?.slug) return <Navigate to={paths.orgDashboard(organization.slug)} replace />;
  if (!query.data || missing) return <AppSkeleton />;
  const first = query.data[0];
  return <Navigate to={first ? paths.orgDashboard(first.slug) : paths.organizations()} replace />;
}
