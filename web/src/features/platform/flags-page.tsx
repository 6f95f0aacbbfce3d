import { useQuery } from "@tanstack/react-query";
import { Flag } from "lucide-react";
import type { FeatureFlag } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Badge, Card, EmptyState } from "@/components/ui/bits";
import { Switch } from "@/components/ui/switch";
import { formatCount } from "@/lib/format";
import { useOperator } from "./context";
import { flagsQuery } from "./data";
import { Disclosure } from "./disclosure";
import { FlagDetails } from "./flag-details";
import { NewFlag } from "./new-flag";
import { usePlatformChange } from "./use-platform";

/** What is switched on for everybody, and what for single organizations. */
export function FlagsPage() {
  useTitle("Flags", "Platform");
  const { api } = useOperator();
  const query = useQuery(flagsQuery(api));
  return (
    <>
      <PageHeader title="Flags" actions={<NewFlag />}>
        What is switched on. A change is in force at once, also in open pages.
      </PageHeader>
      {query.isPending ? (
        <RowsSkeleton rows={4} />
      ) : query.isError && !query.data ? (
        <ProblemView error={query.error} what="the flags" onRetry={() => void query.refetch()} />
      ) : query.data.length === 0 ? (
        <EmptyState icon={<Flag aria-hidden />} title="No flags yet">
          A flag lets something new be switched on without a new version: for everybody, or for one
          organization first.
        </EmptyState>
      ) : (
        <Card className="overflow-hidden">
          <ul aria-label="Flags" className="divide-y divide-line">
            {query.data.map((flag) => (
              <li key={flag.key}>
                <Row flag={flag} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function Row({ flag }: { flag: FeatureFlag }) {
  const { obstacle } = useOperator();
  const set = usePlatformChange(
    (commands, isEnabled: boolean) => commands.setFlag(flag.key, { isEnabled }),
    { done: (_, isEnabled) => `${flag.key} is ${isEnabled ? "on" : "off"} now.` },
  );
  return (
    <Disclosure
      summary={
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-2">
            <code className="truncate font-[550] font-mono text-[0.8125rem]">{flag.key}</code>
            {flag.isDefault && <Badge>By default</Badge>}
            {flag.overrides > 0 && (
              <Badge tone="warning">{formatCount(flag.overrides, "exception")}</Badge>
            )}
          </span>
          {flag.description && (
            <span className="block truncate text-[0.8125rem] text-muted">{flag.description}</span>
          )}
        </span>
      }
      aside={
        <Switch
          label={`${flag.key} for everybody`}
          checked={set.isPending ? (set.variables ?? flag.isEnabled) : flag.isEnabled}
          reason={obstacle("platform:set_flags")}
          busy={set.isPending}
          onCheckedChange={(on) => set.mutate(on)}
        />
      }
    >
      {() => <FlagDetails flag={flag} />}
    </Disclosure>
  );
}
