import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { Organization } from "@/api/types";
import { Avatar, Badge, Card } from "@/components/ui/bits";
import { formatCount } from "@/lib/format";
import { paths } from "@/lib/paths";
import { isReady, provisioningName, roleName } from "./words";

/** The organizations one may enter. */
export function OrgCards({ organizations }: { organizations: readonly Organization[] }) {
  return (
    <Card>
      <ul aria-label="Your organizations" className="divide-y divide-line">
        {organizations.map((org) => (
          <li
            key={org.id}
            className="relative flex items-center gap-3.5 px-4 py-3.5 first:rounded-t-2xl last:rounded-b-2xl hover:bg-ink/3"
          >
            <Avatar name={org.name} src={org.imageUrl} square className="size-10" />
            <div className="min-w-0 flex-1">
              <Link
                to={paths.orgDashboard(org.slug)}
                className="block truncate font-[550] after:absolute after:inset-0"
              >
                {org.name}
              </Link>
              <p className="truncate text-muted text-sm">
                {roleName(org.userRole)} · {formatCount(org.memberCount, "member")}
              </p>
            </div>
            {!isReady(org.provisioningStatus) && (
              <Badge tone={org.provisioningStatus === "FAILED" ? "danger" : "warning"}>
                {provisioningName(org.provisioningStatus)}
              </Badge>
            )}
            <ChevronRight className="size-4 shrink-0 text-faint" aria-hidden />
          </li>
        ))}
      </ul>
    </Card>
  );
}
