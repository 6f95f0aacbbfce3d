import { createFileRoute } from "@tanstack/react-router";
import { Permitted } from "@/features/orgs/permitted";
import { TEAM_TABS, TeamPage } from "@/features/team/team-page";

export const Route = createFileRoute("/_protected/org/$slug/team")({
  component: Page,
  validateSearch: (search): { tab?: (typeof TEAM_TABS)[number] } => ({
    tab: TEAM_TABS.find((tab) => tab === search.tab),
  }),
});

function Page() {
  return (
    <Permitted to="users:read" what="the team">
      <TeamPage />
    </Permitted>
  );
}
