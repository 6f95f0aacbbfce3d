import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { FeatureFlag } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { ProblemView } from "@/components/problem-view";
import { SearchField, useSettled } from "@/components/search-field";
import { Avatar } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { GatedButton } from "@/components/ui/gated";
import { useOperator } from "./context";
import { platformOrganizationsQuery } from "./data";
import { usePlatformChange } from "./use-platform";

/** So many are offered; who looks for another one types more of its name. */
const SHOWN_MAX = 8;

/** Lets something else hold for one organization than for everybody. */
export function AddException({ flag }: { flag: FeatureFlag }) {
  const { obstacle } = useOperator();
  const [open, setOpen] = useState(false);
  const opposite = flag.isEnabled ? "off" : "on";
  return (
    <>
      <GatedButton
        size="sm"
        variant="secondary"
        reason={
          flag.isDefault
            ? "Switch it for everybody first: nobody has yet."
            : obstacle("platform:set_flags")
        }
        onClick={() => setOpen(true)}
      >
        Switch {opposite} for one organization
      </GatedButton>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`Switch ${flag.key} ${opposite}`}
        description={`For one organization. For everybody else it stays ${flag.isEnabled ? "on" : "off"}.`}
      >
        <Choice flag={flag} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Choice({ flag, onDone }: { flag: FeatureFlag; onDone(): void }) {
  const { api } = useOperator();
  const [text, setText] = useState("");
  const q = useSettled(text.trim());
  const query = useInfiniteQuery(platformOrganizationsQuery(api, { q: q || undefined }));
  const found = (query.data?.pages[0]?.data ?? []).slice(0, SHOWN_MAX);
  const set = usePlatformChange(
    (commands, org: { id: string; name: string }) =>
      commands.setFlagFor(flag.key, org.id, !flag.isEnabled),
    {
      done: (_, { name }) => `${flag.key} is ${flag.isEnabled ? "off" : "on"} for ${name} now.`,
      onDone,
    },
  );
  return (
    <div className="space-y-3">
      <div className="flex">
        <SearchField label="Name, address or id" value={text} onChange={setText} />
      </div>
      {query.isPending ? (
        <RowsSkeleton rows={2} />
      ) : query.isError && !query.data ? (
        <ProblemView
          error={query.error}
          what="the organizations"
          onRetry={() => void query.refetch()}
        />
      ) : found.length === 0 ? (
        <p className="py-6 text-center text-muted text-sm">No organization matches.</p>
      ) : (
        <ul aria-label="Organizations to choose from" className="divide-y divide-line">
          {found.map((org) => (
            <li key={org.id} className="flex items-center gap-3 py-2.5">
              <Avatar name={org.name} src={org.imageUrl} square className="size-8" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-[550] text-sm">{org.name}</span>
                <span className="block truncate text-[0.8125rem] text-muted">{org.slug}</span>
              </span>
              <Button
                size="sm"
                variant="secondary"
                busy={set.isPending && set.variables?.id === org.id}
                aria-label={`Choose ${org.name}`}
                onClick={() => set.mutate({ id: org.id, name: org.name })}
              >
                Choose
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
