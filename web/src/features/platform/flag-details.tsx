import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "@/api/errors";
import type { FeatureFlag, FeatureFlagOverride } from "@/api/types";
import { Listing } from "@/components/listing";
import { Ago } from "@/components/ui/bits";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GatedButton } from "@/components/ui/gated";
import { Switch } from "@/components/ui/switch";
import { AddException } from "./add-exception";
import { useOperator } from "./context";
import { exceptionsQuery } from "./data";
import { usePlatformChange } from "./use-platform";

/** Where something else holds than for everybody, and the end of a flag. */
export function FlagDetails({ flag }: { flag: FeatureFlag }) {
  const { updatedBy, updatedAt } = flag;
  return (
    <div className="space-y-5">
      {flag.description && <p className="max-w-prose break-words text-sm">{flag.description}</p>}
      <p className="text-[0.8125rem] text-muted">
        {updatedAt ? (
          <>
            Switched <Ago at={updatedAt} />
            {updatedBy?.name && ` by ${updatedBy.name}`}
          </>
        ) : (
          "Nobody has switched it: this is what the installation was started with."
        )}
      </p>
      {flag.overrides > 0 && <Exceptions flag={flag} />}
      <div className="flex flex-wrap gap-2">
        <AddException flag={flag} />
        <Remove flag={flag} />
      </div>
    </div>
  );
}

function Exceptions({ flag }: { flag: FeatureFlag }) {
  const { api } = useOperator();
  const query = useInfiniteQuery(exceptionsQuery(api, flag.key));
  return (
    <section aria-label="Exceptions">
      <h3 className="eyebrow mb-2">Exceptions</h3>
      <Listing query={query} what="the exceptions" hint={1} empty={null}>
        {(exceptions) => (
          <ul
            aria-label={`Exceptions of ${flag.key}`}
            className="divide-y divide-line rounded-xl border border-line bg-surface"
          >
            {exceptions.map((exception) => (
              <Exception key={exception.organizationId} flag={flag} exception={exception} />
            ))}
          </ul>
        )}
      </Listing>
    </section>
  );
}

function Exception({ flag, exception }: { flag: FeatureFlag; exception: FeatureFlagOverride }) {
  const { obstacle } = useOperator();
  const { organizationId: id, organizationName: name, isEnabled } = exception;
  const reason = obstacle("platform:set_flags");
  const set = usePlatformChange((commands, on: boolean) => commands.setFlagFor(flag.key, id, on), {
    done: (_, on) => `${flag.key} is ${on ? "on" : "off"} for ${name} now.`,
  });
  const end = usePlatformChange((commands) => commands.endException(flag.key, id), {
    done: () => `What holds for everybody holds for ${name} again.`,
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3.5 py-2 text-sm">
      <span className="min-w-0 flex-1 truncate font-[550]">{name}</span>
      <GatedButton
        size="sm"
        variant="quiet"
        reason={reason}
        busy={end.isPending}
        aria-label={`End the exception of ${name}`}
        onClick={() => end.mutate()}
      >
        End
      </GatedButton>
      <Switch
        label={`${flag.key} for ${name}`}
        checked={set.isPending ? (set.variables ?? isEnabled) : isEnabled}
        reason={reason}
        busy={set.isPending}
        onCheckedChange={(on) => set.mutate(on)}
      />
    </li>
  );
}

function Remove({ flag }: { flag: FeatureFlag }) {
  const { obstacle } = useOperator();
  const [asking, setAsking] = useState(false);
  const remove = usePlatformChange((commands) => commands.deleteFlag(flag.key), {
    done: () => `${flag.key} is gone.`,
    onDone: () => setAsking(false),
    quiet: true,
  });
  return (
    <>
      <GatedButton
        size="sm"
        variant="quiet"
        reason={
          flag.isDefault ? "The installation was started with it." : obstacle("platform:set_flags")
        }
        onClick={() => setAsking(true)}
      >
        Remove the flag
      </GatedButton>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) remove.reset();
        }}
        title={`Remove ${flag.key}?`}
        action="Remove"
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      >
        Its exceptions go with it. What the installation was started with holds again; where that
        says nothing, it is off for everybody.
      </ConfirmDialog>
    </>
  );
}
