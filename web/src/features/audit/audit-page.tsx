import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { Listing } from "@/components/listing";
import { PageHeader } from "@/components/page-header";
import { useTitle } from "@/components/title";
import { Card, EmptyState } from "@/components/ui/bits";
import { useOrg } from "@/features/orgs/context";
import { formatDate } from "@/lib/format";
import { type AuditFilter, auditQuery } from "./data";
import { EntryRow } from "./entry-row";
import { ExportMenu } from "./export-menu";
import { Filters } from "./filters";

/** What was done in the organization: who, what, before and after. */
export function AuditPage() {
  const { api, org } = useOrg();
  const filter = useSearch({ from: "/_protected/org/$slug/audit" });
  const navigate = useNavigate({ from: "/org/$slug/audit" });
  useTitle("Audit", org.name);
  const query = useInfiniteQuery(auditQuery(api, org.id, filter));
  const isFiltered = Object.values(filter).some(Boolean);
  const setFilter = (next: AuditFilter) =>
    void navigate({ search: next, replace: true, resetScroll: false });

  return (
    <>
      <PageHeader title="Audit" actions={<ExportMenu filter={filter} />}>
        What was done in {org.name}, by whom, and what it changed. Nobody can change or delete it.
      </PageHeader>
      <Filters filter={filter} onChange={setFilter} />
      <Listing
        query={query}
        what="the audit"
        hint={6}
        empty={
          <EmptyState
            icon={<ScrollText aria-hidden />}
            title={isFiltered ? "Nothing matches" : "Nothing was done yet"}
          >
            {isFiltered
              ? "No fact fits all of the filters. Take one away, or choose a longer time."
              : "Whatever somebody changes in the organization shows up here."}
          </EmptyState>
        }
      >
        {(entries) => (
          <div className="space-y-7">
            {[...new Set(entries.map(({ at }) => formatDate(at)))].map((day) => (
              <section key={day} aria-label={day}>
                <h2 className="eyebrow mb-2">{day}</h2>
                <Card className="overflow-hidden">
                  <ul className="divide-y divide-line">
                    {entries
                      .filter(({ at }) => formatDate(at) === day)
                      .map((entry) => (
                        <EntryRow
                          key={entry.id}
                          entry={entry}
                          onNarrow={(part) => setFilter({ ...filter, ...part })}
                        />
                      ))}
                  </ul>
                </Card>
              </section>
            ))}
          </div>
        )}
      </Listing>
    </>
  );
}
