import { useOrganizationList } from "@clerk/react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Avatar, Card } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { useNotify } from "@/components/ui/toast";
import { roleName } from "./words";

/** Invitations that wait for the reader's yes. Shows nothing where there are none. */
export function Invitations() {
  const { isLoaded, userInvitations } = useOrganizationList({
    userInvitations: { status: "pending" },
  });
  const client = useQueryClient();
  const notify = useNotify();
  const [busy, setBusy] = useState<string>();
  const waiting = isLoaded ? (userInvitations.data ?? []) : [];
  if (waiting.length === 0) return null;

  const accept = async (invitation: (typeof waiting)[number]) => {
    setBusy(invitation.id);
    try {
      await invitation.accept();
      notify("good", `You are now a member of ${invitation.publicOrganizationData.name}.`);
      await userInvitations.revalidate?.();
      await client.invalidateQueries({ queryKey: ["organizations"] });
    } catch {
      notify("bad", "The invitation could not be accepted. It may have been withdrawn.");
    } finally {
      setBusy(undefined);
    }
  };

  return (
    <section aria-labelledby="invitations" className="mb-8">
      <h2 id="invitations" className="mb-3 font-semibold">
        Invitations
      </h2>
      <Card>
        <ul className="divide-y divide-line">
          {waiting.map((invitation) => (
            <li key={invitation.id} className="flex items-center gap-3.5 px-4 py-3.5">
              <Avatar
                name={invitation.publicOrganizationData.name}
                src={invitation.publicOrganizationData.imageUrl}
                square
              />
              <div className="min-w-0 flex-1">
                <p className="truncate font-[550]">{invitation.publicOrganizationData.name}</p>
                <p className="truncate text-muted text-sm">
                  as {roleName(invitation.role.replace(/^org:/, ""))}
                </p>
              </div>
              <Button
                size="sm"
                busy={busy === invitation.id}
                onClick={() => void accept(invitation)}
              >
                Join
              </Button>
            </li>
          ))}
        </ul>
      </Card>
    </section>
  );
}
