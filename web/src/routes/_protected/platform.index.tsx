import { createFileRoute } from "@tanstack/react-router";
import { OverviewPage } from "@/features/platform/overview-page";

export const Route = createFileRoute("/_protected/platform/")({ component: OverviewPage });
