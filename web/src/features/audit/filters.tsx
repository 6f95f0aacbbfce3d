import { useInfiniteQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useOrg } from "@/features/orgs/context";
import { organizationMembersQuery } from "@/features/orgs/data";
import type { AuditFilter } from "./data";
import { actionName, KNOWN_ACTIONS } from "./words";

const ANY = "any";

/** Narrows the audit by person, action and time; by object, from an entry. */
export function Filters({
  filter,
  onChange,
}: {
  filter: AuditFilter;
  onChange(filter: AuditFilter): void;
}) {
  const { api, org, may } = useOrg();
  const members = useInfiniteQuery({
    ...organizationMembersQuery(api, org.id),
    enabled: may("users:read"),
  });
  const people = (members.data?.pages ?? [])
    .flatMap((page) => page.data)
    .map(({ userId, fullName, email }) => ({
      value: userId,
      label: fullName || email || "Unnamed member",
    }));
  const isKnown = !filter.actorId || people.some(({ value }) => value === filter.actorId);
  const actions = new Set<string>([...KNOWN_ACTIONS, ...(filter.action ? [filter.action] : [])]);
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <div className="mb-6 space-y-3">
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Labelled label="By">
          <Select
            label="By whom"
            value={filter.actorId ?? ANY}
            options={[
              { value: ANY, label: "Anybody" },
              ...people,
              ...(isKnown ? [] : [{ value: filter.actorId ?? "", label: "A former member" }]),
            ]}
            onValueChange={(id) => onChange({ ...filter, actorId: id === ANY ? undefined : id })}
            className="w-full"
          />
        </Labelled>
        <Labelled label="Action">
          <Select
            label="Which action"
            value={filter.action ?? ANY}
            options={[
              { value: ANY, label: "Everything" },
              ...[...actions].map((action) => ({ value: action, label: actionName(action) })),
            ]}
            onValueChange={(action) =>
              onChange({ ...filter, action: action === ANY ? undefined : action })
            }
            className="w-full"
          />
        </Labelled>
        <TextField
          label="From"
          type="date"
          value={filter.from ?? ""}
          max={filter.to}
          onChange={(event) => onChange({ ...filter, from: event.target.value || undefined })}
        />
        <TextField
          label="To"
          type="date"
          value={filter.to ?? ""}
          min={filter.from}
          onChange={(event) => onChange({ ...filter, to: event.target.value || undefined })}
        />
      </div>
      {isFiltered && (
        <div className="flex flex-wrap items-center gap-2">
          {filter.objectId && (
            <span className="inline-flex max-w-full items-center gap-1 rounded-full bg-accent-soft py-1 pr-1 pl-3 text-accent-text text-xs">
              <span className="truncate font-mono">
                {filter.objectType} {filter.objectId}
              </span>
              <button
                type="button"
                aria-label="Any object"
                className="rounded-full p-1 hover:bg-ink/8"
                onClick={() => onChange({ ...filter, objectId: undefined, objectType: undefined })}
              >
                <X className="size-3.5" aria-hidden />
              </button>
            </span>
          )}
          <Button variant="quiet" size="sm" onClick={() => onChange({})}>
            Clear filters
          </Button>
        </div>
      )}
    </div>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <p className="mb-1.5 font-[550] text-sm" aria-hidden>
        {label}
      </p>
      {children}
    </div>
  );
}
