import { Eye } from "lucide-react";
import { useState } from "react";
import type { Api } from "@/api/client";
import type { ImpersonationStarted } from "@/api/types";
import { Dialog } from "@/components/ui/dialog";
import { GatedButton } from "@/components/ui/gated";
import { SignInAsForm } from "./sign-in-as-form";
import { SignInAsLink } from "./sign-in-as-link";

interface SignInAsProps {
  api: Api;
  /** Our id of the user. */
  userId: string;
  /** What to call them. */
  name: string;
  /** Why it cannot be done, where that is known. */
  reason?: string;
}

/** A button that asks for a reason and a time, and hands out the link with which one acts for somebody. */
export function SignInAs({ api, userId, name, reason }: SignInAsProps) {
  const [open, setOpen] = useState(false);
  const [started, setStarted] = useState<ImpersonationStarted>();
  const show = (next: boolean) => {
    // The link is a secret, shown once.
    if (!next) setStarted(undefined);
    setOpen(next);
  };
  return (
    <>
      <GatedButton variant="secondary" size="sm" reason={reason} onClick={() => show(true)}>
        <Eye aria-hidden />
        Sign in as…
      </GatedButton>
      <Dialog
        open={open}
        onOpenChange={show}
        title={`Sign in as ${name}`}
        description={
          started
            ? "The link works once, within five minutes, for whoever has it."
            : "You see and do what they can, until you stop or the time is over. Everything that you do names you, and their organizations read your reason."
        }
      >
        {started ? (
          <SignInAsLink name={name} started={started} onClose={() => show(false)} />
        ) : (
          <SignInAsForm
            api={api}
            userId={userId}
            onStarted={setStarted}
            onCancel={() => show(false)}
          />
        )}
      </Dialog>
    </>
  );
}
