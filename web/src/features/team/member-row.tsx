import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { describeError } from "@/api/errors";
import type { OrganizationMember, Policy } from "@/api/types";
import { Ago, Avatar, Badge } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Select } from "@/components/ui/select";
import { Tooltip } from "@/components/ui/tooltip";
import { useOrg } from "@/features/orgs/context";
import { GrantsDialog } from "./grants-dialog";
import { assignable, obstacle, roleTitle } from "./rights";
import { useTeamChange, useViewer } from "./use-team";

type Asking = "remove" | "suspend" | "transfer" | "leave";

/** One member: who, as what, and what may be done about it. What may not says why. */
export function MemberRow({ member, policy }: { member: OrganizationMember; policy: Policy }) {
  const viewer = useViewer();
  const [asking, setAsking] = useState<Asking>();
  const [editing, setEditing] = useState(false);
  const name = member.fullName || member.email || "Unnamed member";
  const isMe = member.userId === viewer.userId;
  const role = useTeamChange((commands, to: string) => commands.changeRole(member.userId, to), {
    done: (to) => `${name} is now ${roleTitle(policy, to)}.`,
  });
  const reactivate = useTeamChange((commands) => commands.reactivate(member.userId), {
    done: () => `${name} is let in again.`,
  });
  const fixed = obstacle(policy, viewer, member, "users:update");
  const options = assignable(policy, viewer).map(({ key, title }) => ({
    value: key,
    label: title,
  }));
  const shownRole = role.isPending ? (role.variables ?? member.role) : member.role;
  const roleName = roleTitle(policy, member.role);
  const isSuspended = member.status === "suspended";

  return (
    <li className="flex flex-wrap items-center gap-x-3.5 gap-y-2 px-4 py-3.5 sm:flex-nowrap sm:px-5">
      <Avatar name={name} src={member.avatarUrl} />
      <div className="min-w-0 flex-1 basis-1/2">
        <p className="flex items-center gap-2">
          <span className="truncate font-[550]">{name}</span>
          {isMe && <Badge>You</Badge>}
          {isSuspended && <Badge tone="warning">Suspended</Badge>}
          {member.change && <OnItsWay change={member.change} policy={policy} />}
        </p>
        <p className="truncate text-[0.8125rem] text-muted">
          {member.fullName && member.email ? `${member.email} · ` : ""}
          {member.lastActiveAt ? (
            <>
              seen <Ago at={member.lastActiveAt} />
            </>
          ) : (
            <>
              since <Ago at={member.joinedAt} />
            </>
          )}
        </p>
      </div>
      <div className="flex w-full items-center gap-1 pl-12.5 sm:w-auto sm:pl-0">
        {fixed ? (
          <Tooltip text={fixed}>
            <button
              type="button"
              aria-label={`Role of ${name}: ${roleName}. ${fixed}`}
              className="cursor-help rounded-full"
            >
              <Badge tone={member.role === policy.roles[0]?.key ? "accent" : "plain"}>
                {roleName}
              </Badge>
            </button>
          </Tooltip>
        ) : (
          <Select
            label={`Role of ${name}`}
            value={shownRole}
            options={options}
            disabled={role.isPending}
            onValueChange={(to) => to !== member.role && role.mutate(to)}
            className="flex-1 sm:w-36"
          />
        )}
        <Menu
          trigger={
            <Button variant="quiet" size="icon" aria-label={`More about ${name}`}>
              <MoreHorizontal aria-hidden />
            </Button>
          }
        >
          <MenuItem onSelect={() => setEditing(true)}>Grants…</MenuItem>
          {isSuspended ? (
            <MenuItem reason={fixed} onSelect={() => reactivate.mutate()}>
              Let in again
            </MenuItem>
          ) : (
            <MenuItem reason={fixed} onSelect={() => setAsking("suspend")}>
              Suspend…
            </MenuItem>
          )}
          {viewer.role === policy.roles[0]?.key && !isMe && (
            <MenuItem onSelect={() => setAsking("transfer")}>Hand the organization over…</MenuItem>
          )}
          {isMe ? (
            <MenuItem danger onSelect={() => setAsking("leave")}>
              Leave…
            </MenuItem>
          ) : (
            <MenuItem
              danger
              reason={obstacle(policy, viewer, member, "users:remove")}
              onSelect={() => setAsking("remove")}
            >
              Remove…
            </MenuItem>
          )}
        </Menu>
      </div>
      <Asked member={member} name={name} asking={asking} onClose={() => setAsking(undefined)} />
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

/** What was decided here and is not done at the identity provider. */
export function OnItsWay({
  change,
  policy,
}: {
  change: NonNullable<OrganizationMember["change"]>;
  policy: Policy;
}) {
  const what = change.role ? `${roleTitle(policy, change.role)}: ` : "";
  if (change.state === "failed") {
    return <Badge tone="danger">{what}refused by the identity provider</Badge>;
  }
  return <Badge tone="warning">{what}on its way</Badge>;
}

const QUESTIONS: Record<Asking, { title: (name: string) => string; action: string }> = {
  remove: { title: (name) => `Remove ${name}?`, action: "Remove" },
  suspend: { title: (name) => `Suspend ${name}?`, action: "Suspend" },
  transfer: { title: (name) => `Hand the organization over to ${name}?`, action: "Hand over" },
  leave: { title: () => "Leave the organization?", action: "Leave" },
};

function Asked({
  member,
  name,
  asking,
  onClose,
}: {
  member: OrganizationMember;
  name: string;
  asking: Asking | undefined;
  onClose(): void;
}) {
  const { org } = useOrg();
  const change = useTeamChange(
    (commands, what: Asking) => {
      switch (what) {
        case "remove":
          return commands.remove(member.userId);
        case "suspend":
          return commands.suspend(member.userId);
        case "transfer":
          return commands.transfer(member.userId);
        case "leave":
          return commands.leave();
      }
    },
    {
      done: (what) =>
        ({
          remove: `${name} is no member any more.`,
          suspend: `${name} is suspended.`,
          transfer: `${name} owns ${org.name} now.`,
          leave: `You have left ${org.name}.`,
        })[what],
      onDone: onClose,
      quiet: true,
    },
  );
  const question = asking && QUESTIONS[asking];
  return (
    <ConfirmDialog
      open={asking !== undefined}
      onOpenChange={(open) => {
        if (!open) {
          onClose();
          change.reset();
        }
      }}
      title={question?.title(name) ?? ""}
      action={question?.action ?? ""}
      busy={change.isPending}
      error={change.error ? describeError(change.error) : undefined}
      onConfirm={() => asking && change.mutate(asking)}
    >
      {asking === "remove" &&
        `Everything that ${name} may do in ${org.name} ends at once, in every open page. What they made stays.`}
      {asking === "suspend" &&
        `${name} is let in nowhere in ${org.name} until somebody lets them in again. Role and grants stay as they are.`}
      {asking === "transfer" &&
        `${name} becomes the owner, and you get the next lower role. Only they can undo that.`}
      {asking === "leave" &&
        `You lose everything that you may do in ${org.name}, at once. To come back you need an invitation.`}
    </ConfirmDialog>
  );
}
