import { createFileRoute, redirect } from "@tanstack/react-router";
import { paths } from "@/lib/paths";

export const Route = createFileRoute("/_protected/org/$slug/")({
  beforeLoad: ({ params }) => {
    throw redirect({ to: paths.orgDashboard(params.slug), replace: true });
  },
});
