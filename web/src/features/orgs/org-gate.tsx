import { useAuth, useClerk } from "@clerk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { take } from "@/api/client";
import { useApi } from "@/auth/api";
import { useIdentity } from "@/auth/identity";
import { AppSkeleton } from "@/components/app-skeleton";
import { Notice } from "@/components/notice";
import { ProblemView } from "@/components/problem-view";
import { replaceSlug } from "@/lib/paths";
import { Barred } from "./barred";
import { OrgProvider } from "./context";
import { organizationsQuery } from "./data";
import { OrgReady } from "./org-ready";
import { Waiting } from "./provisioning";
import { recallSlug, rememberSlug } from "./remembered";
import { resolveSlug } from "./resolve";
import { UnknownOrg } from "./unknown-org";

const ARRIVAL_POLL_MS = 1500;
const CLERK_RELOAD_MS = 5000;

/**
 * Turns the slug of the address into an organization and opens its pages, or says why not. The
 * address decides; what Clerk holds active follows it.
 */
export function OrgGate({ slug, children }: { slug: string; children: ReactNode }) {
  const user = useIdentity();
  const api = useApi();
  const clerkOrgs = user.organizationMemberships.map(({ organization }) => ({
    id: organization.id,
    slug: organization.slug ?? "",
  }));
  const query = useQuery({
    ...organizationsQuery(api, user.id),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      resolveSlug(slug, state.data ?? [], clerkOrgs, undefined).kind === "arriving"
        ? ARRIVAL_POLL_MS
        : false,
  });
  const resolution = query.data && resolveSlug(slug, query.data, clerkOrgs, recallSlug(slug));
  const found = resolution?.kind === "found" ? resolution.org : undefined;
  useActivate(
    found?.clerkOrgId ?? (resolution?.kind === "arriving" ? resolution.clerkOrgId : undefined),
  );

  const foundId = found?.clerkOrgId;
  useEffect(() => {
    if (foundId) rememberSlug(slug, foundId);
  }, [slug, foundId]);

  if (query.isError && !query.data) {
    return (
      <Notice title="One moment">
        <ProblemView
          error={query.error}
          what="your organizations"
          onRetry={() => void query.refetch()}
        />
      </Notice>
    );
  }
  if (!resolution) return <AppSkeleton />;
  switch (resolution.kind) {
    case "found":
      return (
        <OrgProvider key={resolution.org.id} org={resolution.org} slug={slug}>
          <OrgReady>{children}</OrgReady>
        </OrgProvider>
      );
    case "arriving":
      return <Arriving slug={slug} clerkOrgId={resolution.clerkOrgId} />;
    case "renamed":
      return <Renamed to={resolution.slug} />;
    case "unknown":
      return query.isFetching && query.isPlaceholderData ? (
        <AppSkeleton />
      ) : (
        <UnknownOrg slug={slug} organizations={query.data ?? []} />
      );
  }
}

/**
 * Clerk's list may also be the one that is behind, after a membership ended: it is read anew meanwhile.
 * And the membership may be one that lets nobody in, which the server tells whom it concerns.
 */
function Arriving({ slug, clerkOrgId }: { slug: string; clerkOrgId: string }) {
  const user = useRef(useIdentity());
  const api = useApi(clerkOrgId);
  const me = useQuery({
    queryKey: ["me", clerkOrgId],
    queryFn: ({ signal }) => take(api.GET("/api/v1/me", { signal })),
    refetchInterval: ARRIVAL_POLL_MS,
    staleTime: 0,
  });
  useEffect(() => {
    // A look that fails is followed by another one.
    const look = () => void user.current.reload().catch(() => undefined);
    look();
    const timer = setInterval(look, CLERK_RELOAD_MS);
    return () => clearInterval(timer);
  }, []);
  return me.data?.barred ? <Barred barred={me.data.barred} /> : <Waiting since={slug} />;
}

function Renamed({ to }: { to: string }) {
  const navigate = useNavigate();
  const { pathname, searchStr, hash } = useLocation();
  useEffect(() => {
    const target = `${replaceSlug(pathname, to)}${searchStr}${hash ? `#${hash}` : ""}`;
    if (!target.startsWith(`${pathname}${searchStr}`))
      void navigate({ href: target, replace: true });
  }, [navigate, pathname, searchStr, hash, to]);
  return <AppSkeleton />;
}

/**
 * Lets Clerk's own components agree with the address: once on entering an organization, and when the
 * tab is looked at again, since another tab may have chosen another one meanwhile. Never in between,
 * or it would undo what the switcher is just doing.
 */
function useActivate(clerkOrgId: string | undefined): void {
  const clerk = useClerk();
  const { isLoaded } = useAuth();
  const entered = useRef<string>(undefined);
  useEffect(() => {
    if (!clerkOrgId || !isLoaded) return;
    const agree = () => {
      if (document.visibilityState !== "visible" || !clerk.session) return;
      if (clerk.organization?.id === clerkOrgId) return;
      // A refusal here changes nothing: every call of the page names its organization itself.
      clerk.setActive({ organization: clerkOrgId }).catch(() => undefined);
    };
    if (entered.current !== clerkOrgId) {
      entered.current = clerkOrgId;
      agree();
    }
    document.addEventListener("visibilitychange", agree);
    return () => document.removeEventListener("visibilitychange", agree);
  }, [clerk, clerkOrgId, isLoaded]);
}
