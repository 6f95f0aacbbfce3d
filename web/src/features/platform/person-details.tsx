import type { Me, PlatformUser } from "@/api/types";
import { Badge } from "@/components/ui/bits";
import { SignInAs } from "@/features/impersonation/sign-in-as";
import { roleName } from "@/features/orgs/words";
import { formatDate, formatDateTime } from "@/lib/format";
import { useOperator } from "./context";
import { Fact, Facts } from "./facts";
import { MEMBERSHIP_STATES, MIGRATION_STATES, platformRoleName } from "./words";

/** Everything that is known of a person's account, and where they belong. */
export function PersonDetails({ person }: { person: PlatformUser }) {
  const { api, me, obstacle } = useOperator();
  const others = person.emails.filter((email) => email !== person.email?.toLowerCase());
  return (
    <div className="space-y-5">
      <Facts>
        <Fact label="Id" mono copy={person.id}>
          {person.id}
        </Fact>
        <Fact label="At the provider" mono copy={person.clerkUserId ?? undefined}>
          {person.clerkUserId ?? "waits for its owner"}
        </Fact>
        <Fact label="Also known as">{others.join(", ")}</Fact>
        <Fact label="Platform">{platformRoleName(person.platformRole)}</Fact>
        <Fact label="Migration">
          {person.migrationStatus &&
            (MIGRATION_STATES[person.migrationStatus] ?? person.migrationStatus)}
        </Fact>
        <Fact label="First seen">{formatDateTime(person.createdAt)}</Fact>
        <Fact label="Last active">
          {person.lastActiveAt && formatDateTime(person.lastActiveAt)}
        </Fact>
        <Fact label="Deleted">
          {person.deletedAt &&
            [formatDateTime(person.deletedAt), person.deletionReason].filter(Boolean).join(" · ")}
        </Fact>
      </Facts>
      <section aria-label="Memberships">
        <h3 className="eyebrow mb-2">Memberships</h3>
        {person.memberships.length === 0 ? (
          <p className="text-muted text-sm">They belong to no organization.</p>
        ) : (
          <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
            {person.memberships.map((membership) => (
              <li
                key={membership.organizationId}
                className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3.5 py-2.5 text-sm"
              >
                <span className="min-w-0 flex-1 truncate font-[550]">
                  {membership.organizationName}
                </span>
                {membership.isOrganizationDeleted && <Badge>Deleted</Badge>}
                {membership.status !== "active" && (
                  <Badge tone={membership.status === "removed" ? "plain" : "warning"}>
                    {MEMBERSHIP_STATES[membership.status] ?? membership.status}
                  </Badge>
                )}
                <span className="text-muted">
                  {roleName(membership.role)} · since {formatDate(membership.joinedAt)}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <div>
        <SignInAs
          api={api}
          userId={person.id}
          name={person.fullName || person.email || "somebody"}
          reason={actingObstacle(me, person) ?? obstacle("platform:impersonate")}
        />
      </div>
    </div>
  );
}

/** Why nobody, or not this operator, acts for a person, as far as it shows. */
function actingObstacle(me: Me, person: PlatformUser): string | undefined {
  if (person.id === me.id) return "That is you.";
  if (person.state !== "active") return "Nobody acts for an account that is not active.";
  const isEqual = person.platformRole !== "none" && me.platformRole === person.platformRole;
  return !isEqual && person.platformRole !== "super_admin"
    ? undefined
    : "You act for people below you alone.";
}
