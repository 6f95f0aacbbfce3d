import { createFileRoute } from "@tanstack/react-router";
import { AuditPage } from "@/features/audit/audit-page";
import type { AuditFilter } from "@/features/audit/data";
import { Permitted } from "@/features/orgs/permitted";

const LENGTH_MAX = 200;

export const Route = createFileRoute("/_protected/org/$slug/audit")({
  component: Page,
  validateSearch: (search): AuditFilter => {
    const text = (name: string) => {
      const value = search[name];
      return typeof value === "string" && value !== "" ? value.slice(0, LENGTH_MAX) : undefined;
    };
    return {
      actorId: text("actorId"),
      objectType: text("objectType"),
      objectId: text("objectId"),
      action: text("action"),
      from: text("from"),
      to: text("to"),
    };
  },
});

function Page() {
  return (
    <Permitted to="audit:read" what="the audit">
      <AuditPage />
    </Permitted>
  );
}
