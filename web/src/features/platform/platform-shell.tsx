import { UserButton } from "@clerk/react";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, Building2, Eye, Flag, Gauge, Inbox, UserSearch, Users } from "lucide-react";
import type { ReactNode } from "react";
import { AccountFoot } from "@/components/account-foot";
import { Brand } from "@/components/brand";
import { Frame, type FrameEntry } from "@/components/frame";
import { ThemeToggle } from "@/components/theme-toggle";
import { Skeleton } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import { paths } from "@/lib/paths";
import { useOperator } from "./context";
import { platformRoleName } from "./words";

/** The pages, each with what it takes to read what it shows. */
const ENTRIES: ReadonlyArray<FrameEntry & { permission: string }> = [
  {
    to: paths.platform(),
    label: "Overview",
    icon: Gauge,
    isExact: true,
    permission: "platform:read_status",
  },
  {
    to: paths.platformOrganizations(),
    label: "Organizations",
    icon: Building2,
    permission: "platform:read_organizations",
  },
  {
    to: paths.platformPeople(),
    label: "People",
    icon: UserSearch,
    permission: "platform:read_users",
  },
  {
    to: paths.platformImpersonations(),
    label: "Impersonations",
    icon: Eye,
    permission: "platform:impersonate",
  },
  {
    to: paths.platformWebhooks(),
    label: "Webhooks",
    icon: Inbox,
    permission: "platform:read_inbox",
  },
  {
    to: paths.platformConflicts(),
    label: "Conflicts",
    icon: Users,
    permission: "platform:read_conflicts",
  },
  { to: paths.platformFlags(), label: "Flags", icon: Flag, permission: "platform:read_flags" },
];

/** The frame around the pages of those who operate the installation. */
export function PlatformShell({ children }: { children: ReactNode }) {
  const { me, obstacle } = useOperator();
  return (
    <Frame
      label="Platform"
      head={<Head />}
      foot={
        <AccountFoot where={platformRoleName(me.platformRole)}>
          <Back />
        </AccountFoot>
      }
      corner={
        <>
          <Back />
          <ThemeToggle />
          <div className="grid size-9 place-items-center">
            <UserButton fallback={<Skeleton className="size-7 rounded-full" />} />
          </div>
        </>
      }
      entries={ENTRIES.filter(({ permission }) => obstacle(permission) === undefined)}
    >
      {children}
    </Frame>
  );
}

function Head() {
  return (
    <>
      <Link
        to={paths.platform()}
        className="hidden items-center rounded-lg px-2 py-1 md:inline-flex"
      >
        <Brand />
      </Link>
      <p className="font-semibold md:hidden">Platform</p>
      <p className="eyebrow mt-4 hidden px-2.5 md:block">Platform</p>
    </>
  );
}

function Back() {
  return (
    <Tooltip text="To your organizations">
      <Button asChild variant="quiet" size="icon">
        <Link to={paths.organizations()} aria-label="To your organizations">
          <ArrowLeft aria-hidden />
        </Link>
      </Button>
    </Tooltip>
  );
}
