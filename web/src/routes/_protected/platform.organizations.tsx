import { createFileRoute } from "@tanstack/react-router";
import type { OrganizationFilter } from "@/features/platform/data";
import { OrganizationsPage } from "@/features/platform/organizations-page";
import { PROVISIONING } from "@/features/platform/words";
import { oneOf, text } from "@/lib/search";

const STATUSES = Object.keys(PROVISIONING) as Array<keyof typeof PROVISIONING>;

export const Route = createFileRoute("/_protected/platform/organizations")({
  component: OrganizationsPage,
  validateSearch: (search): OrganizationFilter => ({
    q: text(search.q),
    status: oneOf(search.status, STATUSES),
    deleted: oneOf(search.deleted, ["yes", "any"] as const),
  }),
});
