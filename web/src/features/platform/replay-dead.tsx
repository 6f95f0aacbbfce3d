import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { describeError } from "@/api/errors";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GatedButton } from "@/components/ui/gated";
import { formatCount } from "@/lib/format";
import { useOperator } from "./context";
import { platformStatusQuery } from "./data";
import { usePlatformChange } from "./use-platform";

/** Has everything processed again that was given up, of one type of event where given. */
export function ReplayDead({ eventType }: { eventType: string | undefined }) {
  const { api, obstacle } = useOperator();
  const [asking, setAsking] = useState(false);
  const status = useQuery(platformStatusQuery(api));
  const dead = status.data?.inbox.find(({ state }) => state === "dead")?.count ?? 0;
  const replay = usePlatformChange((commands) => commands.replayDead(eventType), {
    done: ({ opened, remaining }) =>
      remaining > 0
        ? `${formatCount(opened, "message")} on the way, ${remaining} left: press again for more.`
        : `${formatCount(opened, "message")} on the way.`,
    onDone: () => setAsking(false),
    quiet: true,
  });
  const what = eventType ? `messages of the type ${eventType}` : "messages";
  return (
    <>
      <GatedButton
        variant="secondary"
        reason={dead === 0 ? "Nothing was given up." : obstacle("platform:replay")}
        onClick={() => setAsking(true)}
      >
        <RotateCcw aria-hidden />
        Process what was given up
      </GatedButton>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) replay.reset();
        }}
        title="Process again what was given up?"
        action="Process again"
        tone="primary"
        busy={replay.isPending}
        error={replay.error ? describeError(replay.error) : undefined}
        onConfirm={() => replay.mutate()}
      >
        All {what} that were given up are processed again, the oldest first. What fails again is
        given up again; nothing is done twice.
      </ConfirmDialog>
    </>
  );
}
