import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { PlatformStatus } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Ago, Badge, Card } from "@/components/ui/bits";
import { Scroller } from "@/components/ui/scroller";
import { formatCount } from "@/lib/format";
import { paths } from "@/lib/paths";
import { useOperator } from "./context";
import { platformStatusQuery } from "./data";
import { MESSAGE_STATES, PROVISIONING, SWEEP_OUTCOMES } from "./words";

/** How the installation is: what waits, what was given up. */
export function OverviewPage() {
  useTitle("Overview", "Platform");
  const { api } = useOperator();
  const query = useQuery(platformStatusQuery(api));
  return (
    <>
      <PageHeader title="Overview">What waits, and what was given up.</PageHeader>
      {query.isPending ? (
        <RowsSkeleton rows={5} />
      ) : query.isError && !query.data ? (
        <ProblemView
          error={query.error}
          what="the state of the installation"
          onRetry={() => void query.refetch()}
        />
      ) : (
        <div className="space-y-9">
          <Organizations counts={query.data.provisioning} />
          <Schemas schemas={query.data.schemas} />
          <Webhooks waiting={query.data.inbox} />
          <Jobs jobs={query.data.jobs} />
          <Sweep sweep={query.data.sweep} />
        </div>
      )}
    </>
  );
}

function Section({ title, id, children }: { title: string; id: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-3 font-semibold">
        {title}
      </h2>
      {children}
    </section>
  );
}

function Tiles({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4">{children}</dl>;
}

interface TileProps {
  label: string;
  count: number;
  to: string;
  search: Record<string, string>;
  /** Since when, where something waits. */
  since?: string;
  isBad?: boolean;
}

function Tile({ label, count, to, search, since, isBad }: TileProps) {
  return (
    <Card className="relative px-4 py-4 transition-colors hover:border-line-strong sm:px-5">
      <dt className="eyebrow">
        <Link
          to={to}
          search={search}
          className="rounded-sm after:absolute after:inset-0 after:rounded-2xl"
        >
          {label}
        </Link>
      </dt>
      <dd
        className={`tabular mt-1.5 font-[550] text-2xl leading-none tracking-tight ${isBad && count > 0 ? "text-danger" : ""}`}
      >
        {count}
      </dd>
      {since && (
        <dd className="mt-1.5 text-[0.8125rem] text-muted">
          the oldest <Ago at={since} />
        </dd>
      )}
    </Card>
  );
}

function Organizations({ counts }: { counts: PlatformStatus["provisioning"] }) {
  // Those that work always show, the others where there are any.
  const shown = Object.entries(PROVISIONING).flatMap(([status, { name, tone }]) => {
    const count = counts.find((one) => one.status === status)?.count ?? 0;
    const isShown = count > 0 || status === "COMPLETED" || status === "FAILED";
    return isShown ? [{ status, name, count, isBad: tone === "danger" }] : [];
  });
  return (
    <Section title="Workspaces" id="workspaces">
      <Tiles>
        {shown.map(({ status, name, count, isBad }) => (
          <Tile
            key={status}
            label={name}
            count={count}
            isBad={isBad}
            to={paths.platformOrganizations()}
            search={{ status }}
          />
        ))}
      </Tiles>
    </Section>
  );
}

function Schemas({ schemas: { count, behind, failed } }: { schemas: PlatformStatus["schemas"] }) {
  return (
    <Section title="Schemas" id="schemas">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm">
        <Badge tone={failed > 0 ? "danger" : behind > 0 ? "warning" : "plain"}>
          {behind > 0 ? `${behind} behind` : "Up to date"}
        </Badge>
        <span className="text-muted">
          {formatCount(count, "workspace has", "workspaces have")} a schema of their own
          {failed > 0 && `; a migration failed in ${failed}`}
          {behind > 0 && ". bailiwick migrate brings them along."}
        </span>
      </p>
    </Section>
  );
}

function Webhooks({ waiting }: { waiting: PlatformStatus["inbox"] }) {
  return (
    <Section title="Webhooks" id="webhooks">
      <Tiles>
        {(["received", "parked", "dead"] as const).map((state) => {
          const found = waiting.find((one) => one.state === state);
          return (
            <Tile
              key={state}
              label={MESSAGE_STATES[state].name}
              count={found?.count ?? 0}
              since={found?.since}
              isBad={state === "dead"}
              to={paths.platformWebhooks()}
              search={{ state }}
            />
          );
        })}
      </Tiles>
    </Section>
  );
}

function Jobs({ jobs }: { jobs: PlatformStatus["jobs"] }) {
  return (
    <Section title="Queue" id="queue">
      {jobs.length === 0 ? (
        <p className="text-muted text-sm">Nothing waits, and nothing was given up.</p>
      ) : (
        <Card>
          <Scroller label="Jobs by kind" className="rounded-2xl px-4 sm:px-5">
            <table className="w-full min-w-96 text-sm">
              <caption className="sr-only">Jobs by kind</caption>
              <thead>
                <tr className="border-line border-b text-left">
                  <th scope="col" className="eyebrow py-2.5 pr-3">
                    Kind of job
                  </th>
                  <th scope="col" className="eyebrow py-2.5 pr-3 text-right">
                    Waiting
                  </th>
                  <th scope="col" className="eyebrow py-2.5 pr-3 text-right">
                    Given up
                  </th>
                  <th scope="col" className="eyebrow py-2.5 text-right">
                    Late
                  </th>
                </tr>
              </thead>
              <tbody>
                {jobs.map((job) => (
                  <tr key={job.kind} className="border-line border-b last:border-0">
                    <th scope="row" className="py-2.5 pr-3 text-left font-mono font-normal text-xs">
                      {job.kind}
                    </th>
                    <td className="tabular py-2.5 pr-3 text-right">{job.open}</td>
                    <td
                      className={`tabular py-2.5 pr-3 text-right ${job.dead > 0 ? "font-[550] text-danger" : "text-muted"}`}
                    >
                      {job.dead}
                    </td>
                    <td className="py-2.5 text-right text-muted">
                      {job.dueSince ? <Ago at={job.dueSince} /> : "–"}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroller>
        </Card>
      )}
    </Section>
  );
}

function Sweep({ sweep }: { sweep: PlatformStatus["sweep"] }) {
  return (
    <Section title="Comparison with the identity provider" id="sweep">
      {sweep ? (
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm">
          <Badge tone={SWEEP_OUTCOMES[sweep.outcome ?? "open"]?.tone}>
            {SWEEP_OUTCOMES[sweep.outcome ?? "open"]?.name ?? sweep.outcome}
          </Badge>
          <span className="text-muted">
            begun <Ago at={sweep.startedAt} />
            {sweep.isDryRun && ", only to look"}
            {sweep.error && ` · ${sweep.error}`}
          </span>
        </p>
      ) : (
        <p className="text-muted text-sm">There was none yet. It comes by itself every hour.</p>
      )}
    </Section>
  );
}
