import { createFileRoute } from "@tanstack/react-router";
import { ConflictPage } from "@/features/account/conflict-page";

export const Route = createFileRoute("/_protected/email-conflict")({ component: ConflictPage });
