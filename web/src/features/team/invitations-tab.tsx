import { useInfiniteQuery } from "@tanstack/react-query";
import { Mail } from "lucide-react";
import { useState } from "react";
import { describeError } from "@/api/errors";
import type { Invitation, InvitationStatus, Policy } from "@/api/types";
import { Listing } from "@/components/listing";
import { Ago, Badge, Card, EmptyState } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Select } from "@/components/ui/select";
import { useOrg } from "@/features/orgs/context";
import { formatDate } from "@/lib/format";
import { invitationsQuery } from "./data";
import { OnItsWay } from "./member-row";
import { roleTitle } from "./rights";
import { useTeamChange } from "./use-team";

const STATUSES: ReadonlyArray<{ value: InvitationStatus | "all"; label: string }> = [
  { value: "pending", label: "Open" },
  { value: "accepted", label: "Accepted" },
  { value: "expired", label: "Expired" },
  { value: "revoked", label: "Taken back" },
  { value: "failed", label: "Refused" },
  { value: "all", label: "All" },
];

/** Who is invited, and what became of it. */
export function InvitationsTab({ policy }: { policy: Policy }) {
  const { api, org } = useOrg();
  const [status, setStatus] = useState<InvitationStatus | "all">("pending");
  const query = useInfiniteQuery(
    invitationsQuery(api, org.id, status === "all" ? undefined : status),
  );
  return (
    <div>
      <div className="mb-4 flex justify-end">
        <Select
          label="Which invitations"
          value={status}
          options={STATUSES}
          onValueChange={(next: InvitationStatus | "all") => setStatus(next)}
          className="w-36"
        />
      </div>
      <Listing
        query={query}
        what="the invitations"
        hint={3}
        empty={
          <EmptyState icon={<Mail aria-hidden />} title="No invitation here">
            {status === "pending"
              ? "Nobody is invited just now. Invitations that wait for an answer show up here."
              : "There is none of this kind."}
          </EmptyState>
        }
      >
        {(invitations) => (
          <Card>
            <ul aria-label="Invitations" className="divide-y divide-line">
              {invitations.map((invitation) => (
                <Row key={invitation.id} invitation={invitation} policy={policy} />
              ))}
            </ul>
          </Card>
        )}
      </Listing>
    </div>
  );
}

function Row({ invitation, policy }: { invitation: Invitation; policy: Policy }) {
  const { email } = invitation;
  const [revoking, setRevoking] = useState(false);
  const resend = useTeamChange((commands) => commands.resend(invitation.id), {
    done: () => `${email} gets a new mail; the link of the earlier one does not work any more.`,
  });
  const revoke = useTeamChange((commands) => commands.revoke(invitation.id), {
    done: () => `The invitation of ${email} is taken back.`,
    onDone: () => setRevoking(false),
    quiet: true,
  });
  const isOpen = invitation.status === "pending";
  const maySendAgain = isOpen || invitation.status === "expired";
  return (
    <li className="flex flex-wrap items-center gap-x-3.5 gap-y-2 px-4 py-3.5 sm:flex-nowrap sm:px-5">
      <div className="grid size-9 shrink-0 place-items-center rounded-full bg-ink/6 text-muted">
        <Mail className="size-4" aria-hidden />
      </div>
      <div className="min-w-0 flex-1 basis-1/2">
        <p className="flex items-center gap-2">
          <span className="truncate font-[550]">{email}</span>
          {invitation.change && <OnItsWay change={invitation.change} policy={policy} />}
        </p>
        <p className="truncate text-[0.8125rem] text-muted">
          as {roleTitle(policy, invitation.role)} · invited <Ago at={invitation.createdAt} />
          {isOpen && invitation.expiresAt ? ` · until ${formatDate(invitation.expiresAt)}` : ""}
        </p>
      </div>
      <div className="flex w-full items-center gap-2 pl-12.5 sm:w-auto sm:pl-0">
        {!isOpen && <Badge tone={TONES[invitation.status]}>{NAMES[invitation.status]}</Badge>}
        {maySendAgain && (
          <Button
            variant="secondary"
            size="sm"
            busy={resend.isPending}
            aria-label={`Send ${email} again`}
            onClick={() => resend.mutate()}
          >
            Send again
          </Button>
        )}
        {isOpen && (
          <Button
            variant="quiet"
            size="sm"
            aria-label={`Take back ${email}`}
            onClick={() => setRevoking(true)}
          >
            Take back
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={revoking}
        onOpenChange={(open) => {
          setRevoking(open);
          if (!open) revoke.reset();
        }}
        title="Take the invitation back?"
        action="Take back"
        busy={revoke.isPending}
        error={revoke.error ? describeError(revoke.error) : undefined}
        onConfirm={() => revoke.mutate()}
      >
        The link that {email} got leads nowhere from now on. You can invite them again.
      </ConfirmDialog>
    </li>
  );
}

const NAMES: Record<InvitationStatus, string> = {
  pending: "Open",
  accepted: "Accepted",
  revoked: "Taken back",
  expired: "Expired",
  failed: "Refused",
};

const TONES: Record<InvitationStatus, "plain" | "accent" | "warning" | "danger"> = {
  pending: "plain",
  accepted: "accent",
  revoked: "plain",
  expired: "warning",
  failed: "danger",
};
