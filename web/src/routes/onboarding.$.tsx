import { createFileRoute, redirect } from "@tanstack/react-router";

/** The dashboard does what a page for newcomers would: it finds their organization or offers to make one. */
export const Route = createFileRoute("/onboarding/$")({
  beforeLoad: () => {
    throw redirect({ to: "/dashboard", replace: true });
  },
});
