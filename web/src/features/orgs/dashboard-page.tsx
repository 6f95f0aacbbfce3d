import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FolderPlus } from "lucide-react";
import type { ReactNode } from "react";
import { useIdentity } from "@/auth/identity";
import { RowsSkeleton } from "@/components/app-skeleton";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Card, EmptyState, Skeleton } from "@/components/ui/bits";
import { ConflictBanner } from "@/features/account/conflict-banner";
import { meQuery } from "@/features/account/data";
import { CreateProject } from "@/features/projects/create-project";
import { projectsQuery } from "@/features/projects/data";
import { ProjectList } from "@/features/projects/project-list";
import { greeting } from "@/lib/format";
import { paths } from "@/lib/paths";
import { useOrg } from "./context";
import { NewWorkspaceBanner } from "./new-workspace-banner";
import { roleName } from "./words";

const RECENT = 5;

/** The first page of an organization: where things stand and what was touched last. */
export function DashboardPage() {
  const { api, org, slug, may } = useOrg();
  const user = useIdentity();
  useTitle("Dashboard", org.name);
  const me = useQuery(meQuery(api, user.id)).data;
  const query = useInfiniteQuery(projectsQuery(api, org.id));
  const projects = query.data?.pages.flatMap((page) => page.data) ?? [];
  const more = query.hasNextPage ? "+" : "";
  const documents = projects.reduce((sum, project) => sum + project.documentCount, 0);
  const recent = [...projects]
    .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt))
    .slice(0, RECENT);
  const mayCreate = may("projects:create");
  const name = user.firstName;

  return (
    <>
      <NewWorkspaceBanner />
      <ConflictBanner conflict={me?.conflict} className="mb-6" />
      <PageHeader
        title={`${greeting(new Date())}${name ? `, ${name}` : ""}`}
        actions={mayCreate && projects.length > 0 && <CreateProject />}
      >
        You are {article(roleName(org.userRole))} {roleName(org.userRole).toLowerCase()} of{" "}
        {org.name}.
      </PageHeader>
      <dl className="mb-10 grid grid-cols-3 gap-3 sm:gap-4">
        <Count
          label="Projects"
          value={query.data && `${projects.length}${more}`}
          to={paths.projects(slug)}
        />
        <Count label="Documents" value={query.data && `${documents}${more}`} />
        <Count label="Members" value={String(org.memberCount)} to={paths.team(slug)} />
      </dl>
      {query.isPending ? (
        <RowsSkeleton rows={3} />
      ) : query.isError && !query.data ? (
        <ProblemView error={query.error} what="the projects" onRetry={() => void query.refetch()} />
      ) : projects.length === 0 ? (
        <EmptyState
          icon={<FolderPlus aria-hidden />}
          title={mayCreate ? "Begin with a project" : "Nothing here for you yet"}
          action={mayCreate && <CreateProject label="Create the first project" />}
        >
          {mayCreate
            ? "Give it a name, drop some files into it, and bring in the people who need them."
            : "Projects show up here once somebody puts you on one."}
        </EmptyState>
      ) : (
        <section aria-labelledby="recent">
          <div className="mb-3 flex items-baseline justify-between gap-4">
            <h2 id="recent" className="font-semibold">
              Recent projects
            </h2>
            <Link
              to={paths.projects(slug)}
              className="rounded-sm text-accent-text text-sm underline decoration-accent-text/35 underline-offset-4 hover:decoration-accent-text"
            >
              All projects
            </Link>
          </div>
          <ProjectList projects={recent} label="Recent projects" />
        </section>
      )}
    </>
  );
}

function article(role: string): string {
  return role === "Owner" ? "the" : /^[AEIOU]/.test(role) ? "an" : "a";
}

function Count({ label, value, to }: { label: string; value: string | undefined; to?: string }) {
  const body: ReactNode = (
    <>
      <dt className="eyebrow">
        {to ? (
          <Link to={to} className="rounded-sm after:absolute after:inset-0 after:rounded-2xl">
            {label}
          </Link>
        ) : (
          label
        )}
      </dt>
      <dd className="tabular mt-1.5 font-[550] text-2xl leading-none tracking-tight sm:text-[1.75rem]">
        {value ?? <Skeleton className="h-7 w-10" />}
      </dd>
    </>
  );
  return (
    <Card
      className={
        to
          ? "relative px-4 py-4 transition-colors hover:border-line-strong sm:px-5"
          : "px-4 py-4 sm:px-5"
      }
    >
      {body}
    </Card>
  );
}
