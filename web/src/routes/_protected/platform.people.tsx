import { createFileRoute } from "@tanstack/react-router";
import { PeoplePage } from "@/features/platform/people-page";
import { text } from "@/lib/search";

export const Route = createFileRoute("/_protected/platform/people")({
  component: Page,
  validateSearch: (search): { id?: string } => ({ id: text(search.id) }),
});

function Page() {
  const { id } = Route.useSearch();
  return <PeoplePage key={id} id={id} />;
}
