import { createFileRoute } from "@tanstack/react-router";
import { FlagsPage } from "@/features/platform/flags-page";

export const Route = createFileRoute("/_protected/platform/flags")({ component: FlagsPage });
