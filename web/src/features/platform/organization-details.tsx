import { useQuery } from "@tanstack/react-query";
import type { PlatformOrganization, PlatformOrganizationDetail } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { ProblemView } from "@/components/problem-view";
import { GatedButton } from "@/components/ui/gated";
import { tierName } from "@/features/orgs/words";
import { formatCount, formatDateTime } from "@/lib/format";
import { useOperator } from "./context";
import { platformOrganizationQuery } from "./data";
import { Fact, Facts } from "./facts";
import { usePlatformChange } from "./use-platform";
import { MOVE_STEPS, PROVISIONING, SCHEMA_STATES } from "./words";

/** Everything that is known of an organization, and what can be done about its tenant. */
export function OrganizationDetails({ org: { id } }: { org: PlatformOrganization }) {
  const { api } = useOperator();
  const query = useQuery(platformOrganizationQuery(api, id));
  if (query.isPending) return <RowsSkeleton rows={2} />;
  if (query.isError && !query.data) {
    return (
      <ProblemView
        error={query.error}
        what="this organization"
        onRetry={() => void query.refetch()}
      />
    );
  }
  const { organization: org, home, job, owners, move, tierWanted } = query.data;
  return (
    <div className="space-y-5">
      {org.provisioningError && (
        <p className="break-words rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {org.provisioningError}
        </p>
      )}
      {home?.error && (
        <p className="break-words rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {home.error}
        </p>
      )}
      {move && <Move move={move} />}
      <Facts>
        <Fact label="Workspace">{PROVISIONING[org.provisioningStatus].name}</Fact>
        <Fact label="Tier">
          {tierName(org.tier)}
          {tierWanted !== org.tier && `, asked for: ${tierName(tierWanted)}`}
        </Fact>
        <Fact label="Owners">
          {owners.map(({ name, id }) => name ?? id).join(", ") || "Nobody"}
        </Fact>
        <Fact label="Plan">{org.plan}</Fact>
        <Fact label="Kind">{query.data.type}</Fact>
        <Fact label="Id" mono copy={org.id}>
          {org.id}
        </Fact>
        <Fact label="At the provider" mono copy={org.clerkOrgId}>
          {org.clerkOrgId}
        </Fact>
        {home && (
          <>
            <Fact label="Lives in" mono>
              {home.schema}
            </Fact>
            <Fact label="Since">
              {formatDateTime(home.since)}, epoch {home.epoch}
            </Fact>
            <Fact label="Version">
              {[
                home.version,
                SCHEMA_STATES[home.state].name,
                home.migratedAt && formatDateTime(home.migratedAt),
              ]
                .filter((part) => part !== null)
                .join(", ")}
            </Fact>
          </>
        )}
        <Fact label="Created">{formatDateTime(org.createdAt)}</Fact>
        <Fact label="Deleted">{org.deletedAt && formatDateTime(org.deletedAt)}</Fact>
        {job && (
          <Fact label="Its making" wide>
            {job.claimedUntil
              ? `under way, try ${job.attempts} of ${job.attemptsMax}`
              : job.attempts < job.attemptsMax
                ? `tried ${job.attempts} of ${job.attemptsMax} times, next at ${formatDateTime(job.nextAt)}`
                : `given up after ${formatCount(job.attempts, "try", "tries")}`}
            {job.error && ` · ${job.error}`}
          </Fact>
        )}
      </Facts>
      <Retry org={org} isMoved={tierWanted === org.tier} />
    </div>
  );
}

/** A tenant on its way to another tier. */
function Move({ move }: { move: NonNullable<PlatformOrganizationDetail["move"]> }) {
  const { toTier, step, rowsDone, rowsTotal, startedAt } = move;
  const text = `Moving to ${tierName(toTier)}: ${MOVE_STEPS[step] ?? step}`;
  return (
    <div className="space-y-1.5 text-sm">
      <p>
        {text}, since {formatDateTime(startedAt)}
      </p>
      <progress
        className="h-1.5 w-full max-w-sm accent-accent"
        aria-label={text}
        max={Math.max(rowsTotal, 1)}
        value={Math.min(rowsDone, rowsTotal)}
      />
      <p className="tabular text-[0.8125rem] text-muted">
        {rowsDone} of {formatCount(rowsTotal, "row", "rows")}
      </p>
    </div>
  );
}

function Retry({ org, isMoved }: { org: PlatformOrganization; isMoved: boolean }) {
  const isMade = !["FAILED", "PENDING", "IN_PROGRESS"].includes(org.provisioningStatus);
  const retry = usePlatformChange((commands) => commands.retryProvisioning(org.id), {
    done: () => `The workspace of ${org.name} is being ${isMade ? "moved" : "made"}.`,
  });
  const { obstacle } = useOperator();
  const reason = org.deletedAt
    ? "The organization was deleted."
    : isMade && isMoved
      ? "The workspace is made."
      : obstacle("platform:provision");
  return (
    <div>
      <GatedButton
        size="sm"
        variant="secondary"
        reason={reason}
        busy={retry.isPending}
        onClick={() => retry.mutate()}
      >
        {isMade && !isMoved ? "Move the workspace again" : "Make the workspace again"}
      </GatedButton>
    </div>
  );
}
