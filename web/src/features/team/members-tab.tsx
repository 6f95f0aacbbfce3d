import { useInfiniteQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useState } from "react";
import type { MemberStatus, Policy } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { LoadMore } from "@/components/load-more";
import { ProblemView } from "@/components/problem-view";
import { Card, EmptyState } from "@/components/ui/bits";
import { Select } from "@/components/ui/select";
import { useOrg } from "@/features/orgs/context";
import { teamQuery } from "./data";
import { MemberRow } from "./member-row";

const STATUSES: ReadonlyArray<{ value: MemberStatus; label: string }> = [
  { value: "active", label: "Active" },
  { value: "suspended", label: "Suspended" },
  { value: "pending", label: "Waiting" },
];

/** Who belongs to the organization. */
export function MembersTab({ policy }: { policy: Policy }) {
  const { api, org } = useOrg();
  const [status, setStatus] = useState<MemberStatus>("active");
  const query = useInfiniteQuery(teamQuery(api, org.id, status));
  const members = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <div>
      <div className="mb-4 flex justify-end">
        <Select
          label="Which members"
          value={status}
          options={STATUSES}
          onValueChange={(next: MemberStatus) => setStatus(next)}
          className="w-36"
        />
      </div>
      {query.isPending ? (
        <RowsSkeleton rows={4} />
      ) : query.isError && !query.data ? (
        <ProblemView error={query.error} what="the members" onRetry={() => void query.refetch()} />
      ) : members.length === 0 ? (
        <EmptyState icon={<Users aria-hidden />} title="Nobody here">
          {status === "suspended"
            ? "Nobody is suspended. Who is, keeps role and grants and is let in nowhere."
            : status === "pending"
              ? "Nobody waits for the end of a membership elsewhere."
              : "There is no member to show."}
        </EmptyState>
      ) : (
        <Card>
          <ul aria-label="Members of the organization" className="divide-y divide-line">
            {members.map((member) => (
              <MemberRow key={member.userId} member={member} policy={policy} />
            ))}
          </ul>
        </Card>
      )}
      <LoadMore
        shown={query.hasNextPage}
        busy={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      />
    </div>
  );
}
