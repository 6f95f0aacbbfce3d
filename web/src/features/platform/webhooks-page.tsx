import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Inbox } from "lucide-react";
import type { InboxMessage } from "@/api/types";
import { PageHeader } from "@/components/page-header";
import { SearchField, useSettled } from "@/components/search-field";
import { useTitle } from "@/components/title";
import { Ago, Badge, EmptyState } from "@/components/ui/bits";
import { Select } from "@/components/ui/select";
import { useOperator } from "./context";
import { type MessageFilter, messagesQuery } from "./data";
import { Disclosure } from "./disclosure";
import { MessageDetails } from "./message-details";
import { ReplayDead } from "./replay-dead";
import { Rows } from "./rows";
import { MESSAGE_STATES } from "./words";

const ANY = "any";

const STATES = [
  { value: ANY, label: "Every state" },
  ...Object.entries(MESSAGE_STATES).map(([value, { name }]) => ({ value, label: name })),
];

/** What the identity provider told us, and what became of it. */
export function WebhooksPage() {
  useTitle("Webhooks", "Platform");
  const { api } = useOperator();
  const filter = useSearch({ from: "/_protected/platform/webhooks" });
  const navigate = useNavigate({ from: "/platform/webhooks" });
  const setFilter = (part: MessageFilter) =>
    void navigate({ search: { ...filter, ...part }, replace: true, resetScroll: false });
  const eventType = useSettled(filter.eventType);
  const query = useInfiniteQuery(messagesQuery(api, { ...filter, eventType }));
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <PageHeader title="Webhooks" actions={<ReplayDead eventType={eventType} />}>
        What the identity provider told this installation, and what became of it.
      </PageHeader>
      <div className="mb-4 flex flex-wrap gap-3">
        <SearchField
          label="Type of event, as user.created"
          value={filter.eventType ?? ""}
          onChange={(text) => setFilter({ eventType: text.trim() || undefined })}
        />
        <Select
          label="Which state"
          value={filter.state ?? ANY}
          options={STATES}
          onValueChange={(state) =>
            setFilter({ state: state === ANY ? undefined : (state as MessageFilter["state"]) })
          }
          className="h-10 w-40"
        />
      </div>
      <Rows
        query={query}
        label="Webhooks"
        what="the webhooks"
        idOf={({ id }) => id}
        row={(message) => (
          <Disclosure summary={<Summary message={message} />}>
            {() => <MessageDetails message={message} />}
          </Disclosure>
        )}
        empty={
          <EmptyState
            icon={<Inbox aria-hidden />}
            title={
              filter.state === "dead"
                ? "Nothing was given up"
                : isFiltered
                  ? "Nothing matches"
                  : "Nothing came yet"
            }
          >
            {filter.state === "dead"
              ? "What cannot be processed after three attempts shows up here, to be looked at and replayed."
              : isFiltered
                ? "No message fits. The type of an event has to be whole."
                : "Each message of the identity provider shows up here."}
          </EmptyState>
        }
      />
    </>
  );
}

function Summary({ message }: { message: InboxMessage }) {
  const state = MESSAGE_STATES[message.state];
  return (
    <>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-[550] text-sm">
          {message.eventType || "Not understood"}
        </span>
        <span className="block truncate text-[0.8125rem] text-muted">
          {message.error ? `${message.id} · ${message.error}` : message.id}
        </span>
      </span>
      <Badge tone={state.tone}>{state.name}</Badge>
      <Ago
        at={message.receivedAt}
        className="tabular hidden shrink-0 text-[0.8125rem] text-muted sm:block"
      />
    </>
  );
}
