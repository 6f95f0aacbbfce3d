import { OrganizationSwitcher, UserButton } from "@clerk/react";
import { Link } from "@tanstack/react-router";
import { FolderKanban, LayoutDashboard, ScrollText, Settings, Users } from "lucide-react";
import type { ReactNode } from "react";
import { switcher } from "@/auth/appearance";
import { useIdentity } from "@/auth/identity";
import { Mark } from "@/components/brand";
import { MAIN_ID } from "@/components/skip-link";
import { ThemeToggle } from "@/components/theme-toggle";
import { Skeleton } from "@/components/ui/bits";
import { paths } from "@/lib/paths";
import { useOrg } from "./context";

interface Entry {
  to: string;
  label: string;
  icon: typeof Settings;
}

/** The frame around an organization's pages: who, where, and the ways on. */
export function OrgShell({ children }: { children: ReactNode }) {
  const { slug, may } = useOrg();
  const entries: Entry[] = [
    { to: paths.orgDashboard(slug), label: "Dashboard", icon: LayoutDashboard },
    ...(may("projects:read")
      ? [{ to: paths.projects(slug), label: "Projects", icon: FolderKanban }]
      : []),
    ...(may("users:read") ? [{ to: paths.team(slug), label: "Team", icon: Users }] : []),
    ...(may("audit:read") ? [{ to: paths.audit(slug), label: "Audit", icon: ScrollText }] : []),
    { to: paths.orgSettings(slug), label: "Settings", icon: Settings },
  ];
  return (
    <div className="min-h-dvh pb-16 md:grid md:grid-cols-[15.5rem_minmax(0,1fr)] md:pb-0">
      <aside className="sticky top-0 hidden h-dvh flex-col border-line border-r bg-sunken/60 px-3 py-4 md:flex">
        <Switcher />
        <nav aria-label="Organization" className="mt-6 flex-1">
          <ul className="space-y-0.5">
            {entries.map((entry) => (
              <li key={entry.to}>
                <Link
                  to={entry.to}
                  activeOptions={{ includeSearch: false }}
                  className="flex items-center gap-2.5 rounded-lg px-2.5 py-2 font-medium text-muted text-sm transition-colors hover:bg-ink/5 hover:text-ink"
                  activeProps={{ className: "bg-ink/7 text-ink" }}
                >
                  <entry.icon className="size-4.5" aria-hidden />
                  {entry.label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Account />
      </aside>
      <header className="sticky top-0 z-20 flex h-14 items-center gap-2 border-line border-b bg-canvas/90 px-3 backdrop-blur-md md:hidden">
        <Link to={paths.home()} aria-label="Bailiwick" className="rounded-lg p-1">
          <Mark />
        </Link>
        <div className="min-w-0 flex-1">
          <Switcher />
        </div>
        <ThemeToggle />
        <div className="grid size-9 place-items-center">
          <UserButton fallback={<Skeleton className="size-7 rounded-full" />} />
        </div>
      </header>
      <main
        id={MAIN_ID}
        tabIndex={-1}
        className="mx-auto w-full max-w-5xl px-4 py-7 outline-none sm:px-8 sm:py-10 lg:px-12"
      >
        {children}
      </main>
      <nav
        aria-label="Organization"
        className="fixed inset-x-0 bottom-0 z-20 border-line border-t bg-canvas/95 pb-[env(safe-area-inset-bottom)] backdrop-blur-md md:hidden"
      >
        <ul className="flex">
          {entries.map((entry) => (
            <li key={entry.to} className="flex-1">
              <Link
                to={entry.to}
                activeOptions={{ includeSearch: false }}
                className="flex h-15 flex-col items-center justify-center gap-1 font-medium text-muted text-xs"
                activeProps={{ className: "text-accent-text" }}
              >
                <entry.icon className="size-5" aria-hidden />
                {entry.label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </div>
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

function Account() {
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
      <ThemeToggle />
    </div>
  );
}
