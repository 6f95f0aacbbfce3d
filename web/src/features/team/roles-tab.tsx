import { usePermissions } from "@bailiwick/react";
import type { Policy } from "@/api/types";
import { Badge, Card } from "@/components/ui/bits";
import { useOrg } from "@/features/orgs/context";
import { roleTitle } from "./rights";

const REACHES = {
  all: "everywhere",
  project: "in your projects",
  own: "on what is yours",
} as const;

/** Which roles there are, whom each decides over, and what the reader's own holds. */
export function RolesTab({ policy }: { policy: Policy }) {
  const { org } = useOrg();
  const { reach } = usePermissions();
  const held = policy.permissions.filter((key) => reach(key) !== undefined);
  return (
    <div className="space-y-10">
      <Card>
        <ul aria-label="Roles" className="divide-y divide-line">
          {policy.roles.map((role) => (
            <li key={role.key} className="px-4 py-3.5 sm:px-5">
              <p className="flex items-center gap-2 font-[550]">
                {role.title}
                {role.key === org.userRole && <Badge>Yours</Badge>}
              </p>
              <p className="mt-0.5 text-[0.8125rem] text-muted">
                {role.assigns.length > 0
                  ? `Decides over: ${role.assigns.map((key) => roleTitle(policy, key)).join(", ")}`
                  : "Decides over nobody"}
                {role.access ? ` · ${role.access}` : ""}
              </p>
            </li>
          ))}
        </ul>
      </Card>
      <section aria-labelledby="held">
        <h2 id="held" className="mb-3 font-semibold">
          What you may do
        </h2>
        <Card>
          <ul className="divide-y divide-line">
            {held.map((key) => (
              <li key={key} className="flex items-baseline gap-3 px-4 py-2.5 text-sm sm:px-5">
                <code className="min-w-0 flex-1 break-all font-mono text-[0.8125rem]">{key}</code>
                <span className="text-muted">{REACHES[reach(key) ?? "own"]}</span>
              </li>
            ))}
          </ul>
        </Card>
      </section>
    </div>
  );
}
