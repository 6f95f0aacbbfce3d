import { createFileRoute } from "@tanstack/react-router";
import { Permitted } from "@/features/orgs/permitted";
import { ProjectsPage } from "@/features/projects/projects-page";

export const Route = createFileRoute("/_protected/org/$slug/projects/")({
  component: Page,
  validateSearch: (search): { q?: string } => ({
    q: typeof search.q === "string" && search.q !== "" ? search.q.slice(0, 200) : undefined,
  }),
});

function Page() {
  return (
    <Permitted to="projects:read" what="the projects">
      <ProjectsPage />
    </Permitted>
  );
}
