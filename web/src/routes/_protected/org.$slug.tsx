import { createFileRoute, Outlet } from "@tanstack/react-router";
import { OrgGate } from "@/features/orgs/org-gate";
import { OrgShell } from "@/features/orgs/org-shell";

export const Route = createFileRoute("/_protected/org/$slug")({ component: Layout });

function Layout() {
  const { slug } = Route.useParams();
  return (
    <OrgGate slug={slug}>
      <OrgShell>
        <Outlet />
      </OrgShell>
    </OrgGate>
  );
}
