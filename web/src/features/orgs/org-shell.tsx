import { useCurrentUser } from "@bailiwick/react";
import { OrganizationSwitcher, UserButton } from "@clerk/react";
import { FolderKanban, LayoutDashboard, ScrollText, Settings, Users } from "lucide-react";
import type { ReactNode } from "react";
import { switcher } from "@/auth/appearance";
import { useIdentity } from "@/auth/identity";
import { Frame } from "@/components/frame";
import { ThemeToggle } from "@/components/theme-toggle";
import { Skeleton } from "@/components/ui/bits";
import { PlatformLink } from "@/features/platform/platform-link";
import { paths } from "@/lib/paths";
import { useOrg } from "./context";

/** The frame around an organization's pages: who, where, and the ways on. */
export function OrgShell({ children }: { children: ReactNode }) {
  const { slug, may } = useOrg();
  const { user } = useCurrentUser();
  return (
    <Frame
      label="Organization"
      head={<Switcher />}
      foot={<Account platformRole={user?.platformRole} />}
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

function Account({ platformRole }: { platformRole: string | undefined }) {
  const user = useIdentity();
  const { org } = useOrg();
  const email = user.primaryEmailAddress?.emailAddress;
  return (
    <div className="flex items-center gap-2.5 border-line border-t px-1.5 pt-4">
      <UserButton fallback={<Skeleton className="size-7 rounded-full" />} />
      <div className="min-w-0 flex-1 leading-tight">
        <p className="truncate font-[550] text-sm">{user.fullName || email || "You"}</p>
        <p className="truncate text-[0.8125rem] text-muted">{org.name}</p>
      </div>
      <div className="flex">
        <PlatformLink role={platformRole} />
        <ThemeToggle />
      </div>
    </div>
  );
}
