import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { AuditEntry } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Avatar, Badge } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { Scroller } from "@/components/ui/scroller";
import { personName } from "@/features/members/names";
import { cn } from "@/lib/cn";
import { formatDateTime } from "@/lib/format";
import type { AuditFilter } from "./data";
import { differences } from "./diff";
import { actionName, originName } from "./words";

interface EntryRowProps {
  entry: AuditEntry;
  /** Shows only what is like this one. */
  onNarrow(part: AuditFilter): void;
}

/** One fact; opened, everything that is known of it. */
export function EntryRow({ entry, onNarrow }: EntryRowProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const who = entry.actor ? personName(entry.actor) : originName(entry.origin);
  const time = new Date(entry.at).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
  });
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center gap-3.5 px-4 py-3 text-left hover:bg-ink/3 sm:px-5"
      >
        <Avatar name={who} className="size-8" />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-[550] text-sm">{actionName(entry.action)}</span>
          <span className="block truncate text-[0.8125rem] text-muted">
            {who}
            {entry.impersonator
              ? ` (as whom ${entry.impersonatorPerson?.name ?? entry.impersonator} acted)`
              : ""}
          </span>
        </span>
        {entry.origin !== "user" && (
          <Badge className="hidden sm:inline-flex">{originName(entry.origin)}</Badge>
        )}
        <time dateTime={entry.at} className="tabular shrink-0 text-[0.8125rem] text-muted">
          {time}
        </time>
        <ChevronRight
          className={cn("size-4 shrink-0 text-faint transition-transform", open && "rotate-90")}
          aria-hidden
        />
      </button>
      <div id={id} hidden={!open} className="border-line border-t bg-sunken/60 px-4 py-4 sm:px-5">
        {open && <Details entry={entry} onNarrow={onNarrow} />}
      </div>
    </li>
  );
}

function Details({ entry, onNarrow }: EntryRowProps) {
  const rows = differences(entry.before, entry.after);
  return (
    <div className="space-y-5">
      {rows.length > 0 ? (
        <Scroller label="What changed">
          <table className="w-full min-w-96 text-sm">
            <caption className="sr-only">What changed</caption>
            <thead>
              <tr className="text-left">
                <th scope="col" className="eyebrow w-1/4 py-1.5 pr-3">
                  What
                </th>
                <th scope="col" className="eyebrow py-1.5 pr-3">
                  Before
                </th>
                <th scope="col" className="eyebrow py-1.5">
                  After
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.path} className="border-line border-t align-top">
                  <th scope="row" className="break-all py-1.5 pr-3 text-left font-mono text-xs">
                    {row.path}
                  </th>
                  <td className="break-words py-1.5 pr-3 text-muted">{row.before ?? "–"}</td>
                  <td className="break-words py-1.5">{row.after ?? "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      ) : (
        <p className="text-muted text-sm">It names no values.</p>
      )}
      <dl className="grid gap-x-6 gap-y-2 text-[0.8125rem] sm:grid-cols-2">
        <Fact label="When" text={formatDateTime(entry.at)} />
        <Fact label="Action" text={entry.action} mono />
        <Fact label="Object" text={`${entry.objectType} ${entry.objectId}`} mono />
        <Fact label="How" text={originName(entry.origin)} />
        {entry.impersonatorPerson?.name && (
          <Fact label="Really by" text={entry.impersonatorPerson.name} />
        )}
        {entry.impersonator && (
          <Fact label="Really by, at the provider" text={entry.impersonator} mono />
        )}
        {entry.address && <Fact label="From" text={entry.address} mono />}
        {entry.requestId && <Fact label="Request" text={entry.requestId} mono copy />}
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          variant="secondary"
          onClick={() => onNarrow({ objectType: entry.objectType, objectId: entry.objectId })}
        >
          Only this object
        </Button>
        {entry.actor && (
          <Button
            size="sm"
            variant="secondary"
            onClick={() => onNarrow({ actorId: entry.actor?.id })}
          >
            Only by {personName(entry.actor)}
          </Button>
        )}
        <Button size="sm" variant="secondary" onClick={() => onNarrow({ action: entry.action })}>
          Only this action
        </Button>
      </div>
    </div>
  );
}

function Fact({
  label,
  text,
  mono,
  copy,
}: {
  label: string;
  text: string;
  mono?: boolean;
  copy?: boolean;
}) {
  return (
    <div className="flex min-w-0 items-baseline gap-2">
      <dt className="w-16 shrink-0 text-muted">{label}</dt>
      <dd className={cn("min-w-0 break-all", mono && "font-mono text-xs")}>
        {text}
        {copy && <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />}
      </dd>
    </div>
  );
}
