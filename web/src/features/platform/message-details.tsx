import { useMutation } from "@tanstack/react-query";
import { describeError } from "@/api/errors";
import type { InboxMessage } from "@/api/types";
import { Button } from "@/components/ui/button";
import { GatedButton } from "@/components/ui/gated";
import { formatDateTime } from "@/lib/format";
import { useOperator } from "./context";
import { readPayload } from "./data";
import { Fact, Facts } from "./facts";
import { usePlatformChange } from "./use-platform";
import { WITHHELD } from "./words";

/** Everything that is known of a message; what it says only to those who ask for it. */
export function MessageDetails({ message }: { message: InboxMessage }) {
  const { api, obstacle } = useOperator();
  const payload = useMutation({ mutationFn: () => readPayload(api, message.id) });
  const replay = usePlatformChange((commands) => commands.replay(message.id), {
    done: () => "The message is processed again.",
  });
  const isSettled = message.state === "done" || message.state === "ignored";
  return (
    <div className="space-y-5">
      {message.error && (
        <p className="break-words rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {message.error}
        </p>
      )}
      <Facts>
        <Fact label="Message" mono copy={message.id}>
          {message.id}
        </Fact>
        <Fact label="Attempts">{message.attempts}</Fact>
        <Fact label="Came">{formatDateTime(message.receivedAt)}</Fact>
        <Fact label="Settled">{message.processedAt && formatDateTime(message.processedAt)}</Fact>
      </Facts>
      {payload.data &&
        (payload.data.withheld ? (
          <p className="rounded-lg bg-sunken px-3 py-2 text-muted text-sm">
            {WITHHELD[payload.data.withheld]}
          </p>
        ) : (
          <section
            aria-label="What it says"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keys.
            tabIndex={0}
            className="max-h-96 overflow-auto rounded-xl border border-line bg-surface p-3.5"
          >
            <pre className="font-mono text-xs leading-relaxed">
              {JSON.stringify(payload.data.payload, null, 2)}
            </pre>
          </section>
        ))}
      {payload.error && (
        <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {describeError(payload.error)}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <GatedButton
          size="sm"
          variant="secondary"
          reason={isSettled ? "It has been processed." : obstacle("platform:replay")}
          busy={replay.isPending}
          onClick={() => replay.mutate()}
        >
          Process again
        </GatedButton>
        {!payload.data && (
          <GatedButton
            size="sm"
            variant="secondary"
            reason={obstacle("platform:read_payloads")}
            busy={payload.isPending}
            onClick={() => payload.mutate()}
          >
            Show what it says
          </GatedButton>
        )}
        {payload.data && (
          <Button size="sm" variant="quiet" onClick={() => payload.reset()}>
            Hide what it says
          </Button>
        )}
      </div>
    </div>
  );
}
