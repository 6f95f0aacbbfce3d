import { createFileRoute, Outlet } from "@tanstack/react-router";
import { RequireAuth } from "@/auth/require-auth";
import { UploadsProvider } from "@/features/uploads/uploads";

export const Route = createFileRoute("/_protected")({ component: Protected });

function Protected() {
  return (
    <RequireAuth>
      <UploadsProvider>
        <Outlet />
      </UploadsProvider>
    </RequireAuth>
  );
}
