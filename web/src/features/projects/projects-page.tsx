import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { FolderPlus } from "lucide-react";
import { useDeferredValue, useEffect } from "react";
import { RowsSkeleton } from "@/components/app-skeleton";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { SearchField } from "@/components/search-field";
import { useTitle } from "@/components/title";
import { EmptyState } from "@/components/ui/bits";
import { useOrg } from "@/features/orgs/context";
import { CreateProject } from "./create-project";
import { projectsQuery } from "./data";
import { ProjectList } from "./project-list";
import { matches } from "./search";

/** All projects of the organization that the reader may see, with a search over them. */
export function ProjectsPage() {
  const { api, org, may } = useOrg();
  useTitle("Projects", org.name);
  const search = useSearch({ from: "/_protected/org/$slug/projects/" }).q ?? "";
  const navigate = useNavigate({ from: "/org/$slug/projects/" });
  const wanted = useDeferredValue(search.trim());
  const query = useInfiniteQuery(projectsQuery(api, org.id));
  const all = query.data?.pages.flatMap((page) => page.data) ?? [];
  const shown = wanted
    ? all.filter((project) => matches(wanted, project.name, project.description))
    : all;
  const mayCreate = may("projects:create");

  // A search covers every project, not only the pages fetched so far.
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const hungry = wanted !== "" && hasNextPage && !isFetching && !isFetchNextPageError;
  useEffect(() => {
    if (hungry) void fetchNextPage();
  }, [hungry, fetchNextPage]);

  return (
    <>
      <PageHeader title="Projects" actions={(all.length > 0 || !mayCreate) && <CreateProject />}>
        What {org.name} works on. Each project keeps its documents and the people on it.
      </PageHeader>
      {query.isPending ? (
        <RowsSkeleton rows={5} />
      ) : query.isError && !query.data ? (
        <ProblemView error={query.error} what="the projects" onRetry={() => void query.refetch()} />
      ) : all.length === 0 ? (
        <EmptyState
          icon={<FolderPlus aria-hidden />}
          title="No projects yet"
          action={mayCreate && <CreateProject />}
        >
          {mayCreate
            ? "A project holds documents and says who works on them. Begin with one."
            : "You will see projects here once somebody puts you on one."}
        </EmptyState>
      ) : (
        <>
          <div className="mb-4 flex">
            <SearchField
              label="Search projects"
              value={search}
              onChange={(q) =>
                void navigate({
                  search: { q: q || undefined },
                  replace: true,
                  resetScroll: false,
                })
              }
            />
          </div>
          <p role="status" className="sr-only">
            {wanted && `${shown.length} found`}
          </p>
          {shown.length > 0 ? (
            <ProjectList projects={shown} label="Projects" />
          ) : (
            <p className="py-10 text-center text-muted">
              {query.isFetchingNextPage ? "Searching…" : `No project matches “${wanted}”.`}
            </p>
          )}
          {!wanted && <LoadMore query={query} />}
        </>
      )}
    </>
  );
}
