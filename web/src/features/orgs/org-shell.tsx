import { useCurrentUser } from "@bailiwick/react";
import { OrganizationSwitcher, UserButton } from "@clerk/react";
import { FolderKanban, LayoutDashboard, ScrollText, Settings, Users } from "lucide-react";
import type { ReactNode } from "react";
import { switcher } from "@/auth/appearance";
import { AccountFoot } from "@/components/account-foot";
import { Frame } from "@/components/frame";
import { ThemeToggle } from "@/components/theme-toggle";
import { Skeleton } from "@/components/ui/bits";
import { PlanBadge } from "@/features/plan/plan-badge";
import { SeatsBanner } from "@/features/plan/seats-banner";
import { PlatformLink } from "@/features/platform/platform-link";
import { paths } from "@/lib/paths";
import { useOrg } from "./context";

/** The frame around an organization's pages: who, where, and the ways on. */
export function OrgShell({ children }: { children: ReactNode }) {
  const { org, slug, may } = useOrg();
  const { user } = useCurrentUser();
  return (
    <Frame
      label="Organization"
      head={
        <div className="flex min-w-0 items-center gap-2">
          <div className="min-w-0 flex-1">
            <Switcher />
          </div>
          <PlanBadge />
        </div>
      }
      foot={
        <AccountFoot where={org.name}>
          <PlatformLink role={user?.platformRole} />
        </AccountFoot>
      }
      corner={
        <>
          <PlatformLink role={user?.platformRole} />
          <ThemeToggle />
          <div className="grid size-9 place-items-center">
            <UserButton fallback={<Skeleton className="size-7 rounded-full" />} />
          </div>
        </>
      }
      entries={[
        { to: paths.orgDashboard(slug), label: "Dashboard", icon: LayoutDashboard },
        ...(may("projects:read")
          ? [{ to: paths.projects(slug), label: "Projects", icon: FolderKanban }]
          : []),
        ...(may("users:read") ? [{ to: paths.team(slug), label: "Team", icon: Users }] : []),
        ...(may("audit:read") ? [{ to: paths.audit(slug), label: "Audit", icon: ScrollText }] : []),
        { to: paths.orgSettings(slug), label: "Settings", icon: Settings },
      ]}
    >
      <SeatsBanner />
      {children}
    </Frame>
  );
}

function Switcher() {
  return (
    <OrganizationSwitcher
      hidePersonal
      appearance={switcher}
      createOrganizationMode="navigation"
      createOrganizationUrl={paths.createOrganization()}
      afterCreateOrganizationUrl="/org/:slug/dashboard"
      afterSelectOrganizationUrl="/org/:slug/dashboard"
      afterLeaveOrganizationUrl={paths.organizations()}
      fallback={<Skeleton className="h-9 w-full" />}
    />
  );
}
