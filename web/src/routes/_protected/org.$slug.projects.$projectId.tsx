import { createFileRoute } from "@tanstack/react-router";
import { ProjectPage } from "@/features/projects/project-page";

type Tab = "documents" | "members";

export const Route = createFileRoute("/_protected/org/$slug/projects/$projectId")({
  component: Page,
  validateSearch: (search): { tab?: Tab } => ({
    tab: search.tab === "members" ? "members" : undefined,
  }),
});

function Page() {
  const { projectId } = Route.useParams();
  return <ProjectPage key={projectId} projectId={projectId} />;
}
