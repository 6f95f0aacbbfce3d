import { createFileRoute } from "@tanstack/react-router";
import type { MessageFilter } from "@/features/platform/data";
import { WebhooksPage } from "@/features/platform/webhooks-page";
import { MESSAGE_STATES } from "@/features/platform/words";
import { oneOf, text } from "@/lib/search";

const STATES = Object.keys(MESSAGE_STATES) as Array<keyof typeof MESSAGE_STATES>;

export const Route = createFileRoute("/_protected/platform/webhooks")({
  component: WebhooksPage,
  validateSearch: (search): MessageFilter => ({
    eventType: text(search.eventType),
    state: oneOf(search.state, STATES),
  }),
});
