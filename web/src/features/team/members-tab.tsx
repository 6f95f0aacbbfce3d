import { useInfiniteQuery } from "@tanstack/react-query";
import type { Policy } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { LoadMore } from "@/components/load-more";
import { ProblemView } from "@/components/problem-view";
import { Card } from "@/components/ui/bits";
import { useOrg } from "@/features/orgs/context";
import { organizationMembersQuery } from "@/features/orgs/data";
import { MemberRow } from "./member-row";

/** Who belongs to the organization. */
export function MembersTab({ policy }: { policy: Policy }) {
  const { api, org } = useOrg();
  const query = useInfiniteQuery(organizationMembersQuery(api, org.id));
  const members = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <div>
      {query.isPending ? (
        <RowsSkeleton rows={4} />
      ) : query.isError && !query.data ? (
        <ProblemView error={query.error} what="the members" onRetry={() => void query.refetch()} />
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
