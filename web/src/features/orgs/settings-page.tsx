import { useClerk } from "@clerk/react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { RowsSkeleton } from "@/components/app-skeleton";
import { CopyButton } from "@/components/copy-button";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Avatar, Badge, Card } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { formatDate } from "@/lib/format";
import { useOrg } from "./context";
import { organizationMembersQuery } from "./data";
import { Permitted } from "./permitted";
import { provisioningName, roleName, tierName } from "./words";

/** The facts of an organization and the people in it. Names, roles and invitations are changed in Clerk's own panel. */
export function SettingsPage() {
  const { org, slug } = useOrg();
  const clerk = useClerk();
  useTitle("Settings", org.name);
  return (
    <>
      <PageHeader
        title="Settings"
        actions={
          <Button variant="secondary" onClick={() => clerk.openOrganizationProfile()}>
            <ExternalLink aria-hidden />
            Manage organization
          </Button>
        }
      >
        What {org.name} is here, and who belongs to it.
      </PageHeader>
      <section aria-labelledby="facts" className="mb-10">
        <h2 id="facts" className="mb-3 font-semibold">
          Organization
        </h2>
        <Card>
          <dl className="divide-y divide-line">
            <Fact label="Name">{org.name}</Fact>
            <Fact label="Address">
              <span className="break-all">/org/{slug}</span>
            </Fact>
            <Fact label="Tier">
              <Badge tone={org.tier === "pro" ? "accent" : "plain"}>{tierName(org.tier)}</Badge>
            </Fact>
            <Fact label="Workspace">{provisioningName(org.provisioningStatus)}</Fact>
            <Fact label="Your role">{roleName(org.userRole)}</Fact>
            <Fact label="Created">{formatDate(org.createdAt)}</Fact>
            <Fact label="Id">
              <span className="inline-flex min-w-0 items-center gap-1">
                <code className="min-w-0 break-all font-mono text-[0.8125rem]">{org.id}</code>
                <CopyButton text={org.id} label="Copy the id" />
              </span>
            </Fact>
          </dl>
        </Card>
      </section>
      <Permitted to="users:read">
        <Members />
      </Permitted>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 px-4 py-3 sm:grid-cols-[11rem_1fr] sm:items-center sm:px-5">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="min-w-0 text-sm">{children}</dd>
    </div>
  );
}

function Members() {
  const { api, org } = useOrg();
  const query = useInfiniteQuery(organizationMembersQuery(api, org.id));
  const members = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <section aria-labelledby="people">
      <h2 id="people" className="mb-3 font-semibold">
        Members
      </h2>
      {query.isPending ? (
        <RowsSkeleton rows={3} />
      ) : query.isError && !query.data ? (
        <ProblemView error={query.error} what="the members" onRetry={() => void query.refetch()} />
      ) : (
        <Card>
          <ul aria-label="Members of the organization" className="divide-y divide-line">
            {members.map((member) => {
              const name = member.fullName || member.email || "Unnamed member";
              return (
                <li key={member.userId} className="flex items-center gap-3.5 px-4 py-3 sm:px-5">
                  <Avatar name={name} src={member.avatarUrl} />
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-[550] text-sm">{name}</p>
                    {member.fullName && (
                      <p className="truncate text-[0.8125rem] text-muted">{member.email}</p>
                    )}
                  </div>
                  <Badge tone={member.role === "owner" ? "accent" : "plain"}>
                    {roleName(member.role)}
                  </Badge>
                </li>
              );
            })}
          </ul>
        </Card>
      )}
      <LoadMore
        shown={query.hasNextPage}
        busy={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      />
    </section>
  );
}
