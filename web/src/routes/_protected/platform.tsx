import { createFileRoute, Outlet } from "@tanstack/react-router";
import { OperatorGate } from "@/features/platform/operator-gate";
import { PlatformShell } from "@/features/platform/platform-shell";

export const Route = createFileRoute("/_protected/platform")({ component: Layout });

function Layout() {
  return (
    <OperatorGate>
      <PlatformShell>
        <Outlet />
      </PlatformShell>
    </OperatorGate>
  );
}
