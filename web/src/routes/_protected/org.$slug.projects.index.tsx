import { createFileRoute } from "@tanstack/react-router";
import { ProjectsPage } from "@/features/projects/projects-page";

export const Route = createFileRoute("/_protected/org/$slug/projects/")({
  component: ProjectsPage,
  validateSearch: (search): { q?: string } => ({
    q: typeof search.q === "string" && search.q !== "" ? search.q.slice(0, 200) : undefined,
  }),
});
