import { createFileRoute } from "@tanstack/react-router";
import { ConflictsPage } from "@/features/platform/conflicts-page";
import { oneOf } from "@/lib/search";

export const Route = createFileRoute("/_protected/platform/conflicts")({
  component: ConflictsPage,
  validateSearch: (search): { which?: "closed" } => ({
    which: oneOf(search.which, ["closed"] as const),
  }),
});
