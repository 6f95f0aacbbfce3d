import { createFileRoute } from "@tanstack/react-router";
import { ChooserPage } from "@/features/orgs/chooser-page";

export const Route = createFileRoute("/_protected/org/")({ component: ChooserPage });
