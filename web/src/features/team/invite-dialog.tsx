import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { describeError } from "@/api/errors";
import type { Policy } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextArea } from "@/components/ui/field";
import { GatedButton } from "@/components/ui/gated";
import { Select } from "@/components/ui/select";
import { useOrg } from "@/features/orgs/context";
import { formatCount } from "@/lib/format";
import { seatsQuery } from "./data";
import { INVITED_MAX, noSeat, readAddresses, whyNot } from "./invite";
import { assignable } from "./rights";
import { useTeamChange, useViewer } from "./use-team";

/** Brings people into the organization. */
export function InviteButton({ policy }: { policy: Policy | undefined }) {
  const { api, org, may } = useOrg();
  const [open, setOpen] = useState(false);
  const seats = useQuery({ ...seatsQuery(api, org.id), enabled: may("users:invite") });
  const reason = !may("users:invite")
    ? "It takes the permission users:invite; an owner or an admin can give it."
    : policy
      ? noSeat(seats.data)
      : "The roles are not known yet.";
  return (
    <>
      <GatedButton reason={reason} onClick={() => setOpen(true)}>
        <UserPlus aria-hidden />
        Invite
      </GatedButton>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`Invite people to ${org.name}`}
        description="Each gets a mail with a link. Who has no account makes one on the way."
      >
        {policy && <InviteForm policy={policy} onDone={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

function InviteForm({ policy, onDone }: { policy: Policy; onDone(): void }) {
  const viewer = useViewer();
  const options = assignable(policy, viewer).map(({ key, title }) => ({
    value: key,
    label: title,
  }));
  const [text, setText] = useState("");
  const [role, setRole] = useState(() => usual(options));
  const [touched, setTouched] = useState(false);
  const { good, bad } = readAddresses(text);
  const invite = useTeamChange(
    (commands, invitations: Array<{ email: string; role: string }>) => commands.invite(invitations),
    {
      done: (invitations) => `${formatCount(invitations.length, "invitation")} on the way.`,
      quiet: true,
    },
  );
  const refused = (invite.data?.data ?? []).filter(({ code }) => code !== null);
  const complaint =
    bad.length > 0
      ? `Not an address: ${bad.slice(0, 3).join(", ")}${bad.length > 3 ? ", …" : ""}`
      : good.length > INVITED_MAX
        ? `At most ${INVITED_MAX} at once.`
        : touched && good.length === 0
          ? "Whom do you want to invite?"
          : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (good.length === 0 || bad.length > 0 || good.length > INVITED_MAX || invite.isPending)
      return;
    invite.mutate(
      good.map((email) => ({ email, role })),
      {
        onSuccess: ({ data }) => {
          const left = data.filter(({ code }) => code !== null).map(({ email }) => email);
          if (left.length === 0) onDone();
          else setText(left.join(", "));
        },
      },
    );
  };

  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <TextArea
        label="E-mail addresses"
        hint="Several by commas or lines."
        rows={3}
        value={text}
        autoFocus
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        error={complaint}
      />
      <div>
        <p className="mb-1.5 font-[550] text-sm" aria-hidden>
          Role
        </p>
        <Select
          label="Role"
          value={role}
          options={options}
          onValueChange={setRole}
          className="w-full"
        />
      </div>
      {refused.length > 0 && (
        <ul role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {refused.map(({ email, code }) => (
            <li key={email} className="break-words">
              {email} {whyNot(code ?? "")}
            </li>
          ))}
        </ul>
      )}
      {invite.error && (
        <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {describeError(invite.error)}
        </p>
      )}
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="secondary" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" busy={invite.isPending}>
          {good.length > 1 ? `Invite ${good.length}` : "Invite"}
        </Button>
      </div>
    </form>
  );
}

/** What most are invited as: `member` where there is one, else the least. */
function usual(options: ReadonlyArray<{ value: string }>): string {
  const member = options.find(({ value }) => value === "member");
  return (member ?? options[options.length - 1])?.value ?? "";
}
