import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Eye } from "lucide-react";
import type { Impersonation } from "@/api/types";
import { PageHeader } from "@/components/page-header";
import { useTitle } from "@/components/title";
import { Ago, Avatar, Badge, EmptyState } from "@/components/ui/bits";
import { Select } from "@/components/ui/select";
import { useOperator } from "./context";
import { impersonationsQuery, isOpen } from "./data";
import { Disclosure } from "./disclosure";
import { EndImpersonation } from "./end-impersonation";
import { ImpersonationDetails } from "./impersonation-details";
import { Rows } from "./rows";
import { IMPERSONATION_STATES, personName } from "./words";

const WHICH = [
  { value: "all", label: "All" },
  { value: "open", label: "Open" },
  { value: "over", label: "Over" },
] as const;

/** Who acts, and acted, for somebody else, and why. */
export function ImpersonationsPage() {
  useTitle("Impersonations", "Platform");
  const { api } = useOperator();
  const { which } = useSearch({ from: "/_protected/platform/impersonations" });
  const navigate = useNavigate({ from: "/platform/impersonations" });
  const query = useInfiniteQuery(impersonationsQuery(api, which));
  return (
    <>
      <PageHeader
        title="Impersonations"
        actions={
          <Select
            label="Which impersonations"
            value={which ?? "all"}
            options={WHICH}
            onValueChange={(next) =>
              void navigate({
                search: { which: next === "all" ? undefined : next },
                replace: true,
                resetScroll: false,
              })
            }
            className="w-36"
          />
        }
      >
        Who acts for somebody else, and who did. It is begun where the person is shown, under
        People.
      </PageHeader>
      <Rows
        query={query}
        label="Impersonations"
        what="the impersonations"
        idOf={({ id }) => id}
        row={(impersonation) => (
          <Disclosure
            summary={<Summary impersonation={impersonation} />}
            aside={isOpen(impersonation) && <EndImpersonation impersonation={impersonation} />}
          >
            {() => <ImpersonationDetails impersonation={impersonation} />}
          </Disclosure>
        )}
        empty={
          <EmptyState
            icon={<Eye aria-hidden />}
            title={which === "open" ? "Nobody acts for somebody else" : "There was none yet"}
          >
            {which === "open"
              ? "Whoever signs in as somebody else shows up here, and can be stopped."
              : "Each one shows up here, with its reason, and stays."}
          </EmptyState>
        }
      />
    </>
  );
}

function Summary({ impersonation }: { impersonation: Impersonation }) {
  const { user, impersonator, reason, status, createdAt } = impersonation;
  const state = IMPERSONATION_STATES[status];
  return (
    <>
      <Avatar name={personName(user)} className="hidden sm:grid" />
      <span className="min-w-0 flex-1">
        <span className="block break-words text-sm sm:truncate">
          <span className="font-[550]">{personName(impersonator)}</span>
          <span className="text-muted"> as </span>
          <span className="font-[550]">{personName(user)}</span>
        </span>
        <span className="block truncate text-[0.8125rem] text-muted">{reason}</span>
      </span>
      <Badge tone={state.tone}>{state.name}</Badge>
      <Ago
        at={createdAt}
        className="tabular hidden shrink-0 text-[0.8125rem] text-muted sm:block"
      />
    </>
  );
}
