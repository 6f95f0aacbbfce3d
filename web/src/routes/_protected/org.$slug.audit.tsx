import { createFileRoute } from "@tanstack/react-router";
import { AuditPage } from "@/features/audit/audit-page";
import type { AuditFilter } from "@/features/audit/data";
import { Permitted } from "@/features/orgs/permitted";
import { text } from "@/lib/search";

export const Route = createFileRoute("/_protected/org/$slug/audit")({
  component: Page,
  validateSearch: (search): AuditFilter => ({
    actorId: text(search.actorId),
    objectType: text(search.objectType),
    objectId: text(search.objectId),
    action: text(search.action),
    from: text(search.from),
    to: text(search.to),
  }),
});

function Page() {
  return (
    <Permitted to="audit:read" what="the audit">
      <AuditPage />
    </Permitted>
  );
}
