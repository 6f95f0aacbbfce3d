import { createFileRoute } from "@tanstack/react-router";
import { ToDashboard } from "@/features/orgs/to-dashboard";

export const Route = createFileRoute("/_protected/dashboard")({ component: ToDashboard });
