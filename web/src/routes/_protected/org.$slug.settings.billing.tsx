import { createFileRoute } from "@tanstack/react-router";
import { BillingPage } from "@/features/plan/billing-page";

export const Route = createFileRoute("/_protected/org/$slug/settings/billing")({
  component: BillingPage,
});
