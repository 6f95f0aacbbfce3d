import { useNavigate, useSearch } from "@tanstack/react-router";
import { RowsSkeleton } from "@/components/app-skeleton";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Tabs } from "@/components/ui/tabs";
import { useOrg } from "@/features/orgs/context";
import { SeatsBanner } from "@/features/plan/seats-banner";
import { InvitationsTab } from "./invitations-tab";
import { InviteButton } from "./invite-dialog";
import { MembersTab } from "./members-tab";
import { RolesTab } from "./roles-tab";
import { usePolicy } from "./use-team";

/** The views of the team page, as they stand in its address. */
export const TEAM_TABS = ["members", "invitations", "roles"] as const;

/** The people of an organization: members, invitations, roles. */
export function TeamPage() {
  const { org, may } = useOrg();
  const navigate = useNavigate({ from: "/org/$slug/team" });
  const { tab = "members" } = useSearch({ from: "/_protected/org/$slug/team" });
  const policy = usePolicy();
  useTitle("Team", org.name);
  const sees = may("users:invite");
  return (
    <>
      <PageHeader title="Team" actions={<InviteButton policy={policy.data} />}>
        Who belongs to {org.name}, as what, and who is invited.
      </PageHeader>
      <SeatsBanner whenFull />
      {policy.isPending ? (
        <RowsSkeleton rows={4} />
      ) : policy.isError && !policy.data ? (
        <ProblemView error={policy.error} what="the roles" onRetry={() => void policy.refetch()} />
      ) : (
        <Tabs
          label="Team"
          value={tab === "invitations" && !sees ? "members" : tab}
          onValueChange={(next) =>
            void navigate({
              search: { tab: next === "members" ? undefined : next },
              replace: true,
              resetScroll: false,
            })
          }
          tabs={[
            { value: "members", label: "Members", content: <MembersTab policy={policy.data} /> },
            ...(sees
              ? [
                  {
                    value: "invitations" as const,
                    label: "Invitations",
                    content: <InvitationsTab policy={policy.data} />,
                  },
                ]
              : []),
            { value: "roles", label: "Roles", content: <RolesTab policy={policy.data} /> },
          ]}
        />
      )}
    </>
  );
}
