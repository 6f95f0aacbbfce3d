import { useNavigate, useSearch } from "@tanstack/react-router";
import { RowsSkeleton } from "@/components/app-skeleton";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Tabs } from "@/components/ui/tabs";
import { useOrg } from "@/features/orgs/context";

import { MembersTab } from "./members-tab";
import { RolesTab } from "./roles-tab";
import { usePolicy } from "./use-team";

/** The views of the team page, as they stand in its address. */
export const TEAM_TABS = ["members", "roles"] as const;

/** The people of an organization: members and roles. */
export function TeamPage() {
  const { org } = useOrg();
  const navigate = useNavigate({ from: "/org/$slug/team" });
  const { tab = "members" } = useSearch({ from: "/_protected/org/$slug/team" });
  const policy = usePolicy();
  useTitle("Team", org.name);
  return (
    <>
      <PageHeader title="Team">Who belongs to {org.name}, and as what.</PageHeader>
      {policy.isPending ? (
        <RowsSkeleton rows={4} />
      ) : policy.isError && !policy.data ? (
        <ProblemView error={policy.error} what="the roles" onRetry={() => void policy.refetch()} />
      ) : (
        <Tabs
          label="Team"
          value={tab}
          onValueChange={(next) =>
            void navigate({
              search: { tab: next === "members" ? undefined : next },
              replace: true,
              resetScroll: false,
            })
          }
          tabs={[
            { value: "members", label: "Members", content: <MembersTab policy={policy.data} /> },
            { value: "roles", label: "Roles", content: <RolesTab policy={policy.data} /> },
          ]}
        />
      )}
    </>
  );
}
