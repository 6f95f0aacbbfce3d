import { useState } from "react";
import type { OrganizationMember, Policy } from "@/api/types";
import { Avatar, Badge } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { GrantsDialog } from "./grants-dialog";
import { roleTitle } from "./rights";
import { useViewer } from "./use-team";

/** One member: who, as what, and with which grants. */
export function MemberRow({ member, policy }: { member: OrganizationMember; policy: Policy }) {
  const viewer = useViewer();
  const [editing, setEditing] = useState(false);
  const name = member.fullName || member.email || "Unnamed member";
  return (
    <li className="flex items-center gap-3.5 px-4 py-3.5 sm:px-5">
      <Avatar name={name} src={member.avatarUrl} />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="truncate font-[550]">{name}</span>
          {member.userId === viewer.userId && <Badge>You</Badge>}
        </p>
        {member.fullName && <p className="truncate text-[0.8125rem] text-muted">{member.email}</p>}
      </div>
      <Badge tone={member.role === policy.roles[0]?.key ? "accent" : "plain"}>
        {roleTitle(policy, member.role)}
      </Badge>
      <Button
        variant="secondary"
        size="sm"
        aria-label={`Grants of ${name}`}
        onClick={() => setEditing(true)}
      >
        Grants
      </Button>
      {editing && (
        <GrantsDialog
          member={member}
          name={name}
          policy={policy}
          onClose={() => setEditing(false)}
        />
      )}
    </li>
  );
}
