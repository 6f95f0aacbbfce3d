import { useState } from "react";
import { describeError } from "@/api/errors";
import type { Impersonation } from "@/api/types";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GatedButton } from "@/components/ui/gated";
import { useOperator } from "./context";
import { usePlatformChange } from "./use-platform";
import { personName } from "./words";

/** Stops whoever acts for somebody, or was about to. */
export function EndImpersonation({ impersonation }: { impersonation: Impersonation }) {
  const { obstacle } = useOperator();
  const [asking, setAsking] = useState(false);
  const [who, whom] = [personName(impersonation.impersonator), personName(impersonation.user)];
  const end = usePlatformChange((commands) => commands.endImpersonation(impersonation.id), {
    done: () => `${who} does not act for ${whom} any more.`,
    onDone: () => setAsking(false),
    quiet: true,
  });
  return (
    <>
      <GatedButton
        size="sm"
        variant="secondary"
        reason={obstacle("platform:impersonate")}
        aria-label={`End: ${who} as ${whom}`}
        onClick={() => setAsking(true)}
      >
        End
      </GatedButton>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) end.reset();
        }}
        title="End this impersonation?"
        action="End it"
        busy={end.isPending}
        error={end.error ? describeError(end.error) : undefined}
        onConfirm={() => end.mutate()}
      >
        {who} sees and does nothing more as {whom}, at once. What was done stays as it is.
      </ConfirmDialog>
    </>
  );
}
