import { createFileRoute } from "@tanstack/react-router";
import { ImpersonationsPage } from "@/features/platform/impersonations-page";
import { oneOf } from "@/lib/search";

export const Route = createFileRoute("/_protected/platform/impersonations")({
  component: ImpersonationsPage,
  validateSearch: (search): { which?: "open" | "over" } => ({
    which: oneOf(search.which, ["open", "over"] as const),
  }),
});
