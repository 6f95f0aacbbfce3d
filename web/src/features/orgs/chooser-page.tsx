import { UserButton } from "@clerk/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Building2, Plus } from "lucide-react";
import { useApi } from "@/auth/api";
import { useIdentity } from "@/auth/identity";
import { RowsSkeleton } from "@/components/app-skeleton";
import { Brand } from "@/components/brand";
import { ProblemView } from "@/components/problem-view";
import { MAIN_ID } from "@/components/skip-link";
import { ThemeToggle } from "@/components/theme-toggle";
import { useTitle } from "@/components/title";
import { EmptyState } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { ConflictBanner } from "@/features/account/conflict-banner";
import { meQuery } from "@/features/account/data";
import { PlatformCard } from "@/features/platform/platform-card";
import { paths } from "@/lib/paths";
import { organizationsQuery } from "./data";
import { Invitations } from "./invitations";
import { OrgCards } from "./org-cards";

/** Which organization to work in, or how to get one. */
export function ChooserPage() {
  useTitle("Organizations");
  const { id: userId } = useIdentity();
  const api = useApi();
  const query = useQuery(organizationsQuery(api, userId));
  // Both only add to what is shown: without an answer the page stands all the same.
  const me = useQuery(meQuery(api, userId)).data;
  const organizations = query.data ?? [];
  return (
    <div className="min-h-dvh">
      <header className="flex items-center gap-2 px-5 py-4 sm:px-8">
        <Link to={paths.home()} className="mr-auto inline-flex rounded-lg">
          <Brand />
        </Link>
        <ThemeToggle />
        <UserButton />
      </header>
      <main
        id={MAIN_ID}
        tabIndex={-1}
        className="mx-auto w-full max-w-xl px-5 py-10 outline-none sm:py-16"
      >
        <h1 className="font-semibold text-[1.75rem] leading-tight">Organizations</h1>
        <p className="mt-2 mb-8 text-muted">
          An organization is a company or a team with ground of its own: its projects, its
          documents, its people.
        </p>
        <ConflictBanner conflict={me?.conflict} className="mb-8" />
        <PlatformCard role={me?.platformRole} />
        <Invitations />
        {query.isPending ? (
          <RowsSkeleton rows={2} />
        ) : query.isError && !query.data ? (
          <ProblemView
            error={query.error}
            what="your organizations"
            onRetry={() => void query.refetch()}
          />
        ) : organizations.length === 0 ? (
          <EmptyState
            icon={<Building2 aria-hidden />}
            title="You belong to no organization yet"
            action={
              <Button asChild>
                <Link to={paths.createOrganization()}>
                  <Plus aria-hidden />
                  Create an organization
                </Link>
              </Button>
            }
          >
            Create one and bring in the others, or ask somebody for an invitation: it will show up
            here.
          </EmptyState>
        ) : (
          <>
            <OrgCards organizations={organizations} />
            <div className="mt-5">
              <Button asChild variant="secondary">
                <Link to={paths.createOrganization()}>
                  <Plus aria-hidden />
                  Create an organization
                </Link>
              </Button>
            </div>
          </>
        )}
      </main>
    </div>
  );
}
