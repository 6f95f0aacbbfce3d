import { createFileRoute } from "@tanstack/react-router";
import { DashboardPage } from "@/features/orgs/dashboard-page";

export const Route = createFileRoute("/_protected/org/$slug/dashboard")({
  component: DashboardPage,
});
