import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2 } from "lucide-react";
import type { PlatformOrganization } from "@/api/types";
import { PageHeader } from "@/components/page-header";
import { SearchField, useSettled } from "@/components/search-field";
import { useTitle } from "@/components/title";
import { Avatar, Badge, EmptyState } from "@/components/ui/bits";
import { Select } from "@/components/ui/select";
import { tierName } from "@/features/orgs/words";
import { formatCount } from "@/lib/format";
import { useOperator } from "./context";
import { type OrganizationFilter, platformOrganizationsQuery } from "./data";
import { Disclosure } from "./disclosure";
import { OrganizationDetails } from "./organization-details";
import { Rows } from "./rows";
import { PROVISIONING } from "./words";

const ANY = "any";

const STATUSES = [
  { value: ANY, label: "Every state" },
  ...Object.entries(PROVISIONING).map(([value, { name }]) => ({ value, label: name })),
];

const ENDINGS = [
  { value: "no", label: "Not deleted" },
  { value: "yes", label: "Deleted" },
  { value: ANY, label: "All" },
];

/** All organizations of the installation, and how far their tenants are made. */
export function OrganizationsPage() {
  useTitle("Organizations", "Platform");
  const { api } = useOperator();
  const filter = useSearch({ from: "/_protected/platform/organizations" });
  const navigate = useNavigate({ from: "/platform/organizations" });
  const setFilter = (part: OrganizationFilter) =>
    void navigate({ search: { ...filter, ...part }, replace: true, resetScroll: false });
  const q = useSettled(filter.q);
  const query = useInfiniteQuery(platformOrganizationsQuery(api, { ...filter, q }));
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <PageHeader title="Organizations">
        Every customer of this installation, and how far their workspace is made.
      </PageHeader>
      <div className="mb-4 flex flex-wrap gap-3">
        <SearchField
          label="Name, address or id"
          value={filter.q ?? ""}
          onChange={(text) => setFilter({ q: text || undefined })}
        />
        <Select
          label="Which state"
          value={filter.status ?? ANY}
          options={STATUSES}
          onValueChange={(status) =>
            setFilter({ status: status === ANY ? undefined : (status as never) })
          }
          className="h-10 w-40"
        />
        <Select
          label="Deleted or not"
          value={filter.deleted ?? "no"}
          options={ENDINGS}
          onValueChange={(deleted) =>
            setFilter({ deleted: deleted === "no" ? undefined : (deleted as never) })
          }
          className="h-10 w-36"
        />
      </div>
      <Rows
        query={query}
        label="Organizations"
        what="the organizations"
        idOf={({ id }) => id}
        row={(org) => (
          <Disclosure summary={<Summary org={org} />}>
            {() => <OrganizationDetails org={org} />}
          </Disclosure>
        )}
        empty={
          <EmptyState
            icon={<Building2 aria-hidden />}
            title={isFiltered ? "Nothing matches" : "No organizations yet"}
          >
            {isFiltered
              ? "No organization fits the search and the filters. Take one away."
              : "They show up here as soon as somebody makes one."}
          </EmptyState>
        }
      />
    </>
  );
}

function Summary({ org }: { org: PlatformOrganization }) {
  const state = PROVISIONING[org.provisioningStatus];
  return (
    <>
      <Avatar name={org.name} src={org.imageUrl} square />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-[550]">{org.name}</span>
          {org.tier === "pro" && <Badge tone="accent">{tierName(org.tier)}</Badge>}
          {org.deletedAt && <Badge>Deleted</Badge>}
        </span>
        <span className="block truncate text-[0.8125rem] text-muted">
          {org.slug} · {formatCount(org.memberCount, "member")}
        </span>
      </span>
      {org.provisioningStatus !== "COMPLETED" && <Badge tone={state.tone}>{state.name}</Badge>}
    </>
  );
}
