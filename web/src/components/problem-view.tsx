import { CircleAlert, Lock, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError, describeError } from "@/api/errors";
import { reasonName, sentences } from "@/api/needs";
import { RequestId } from "./notice";
import { Button } from "./ui/button";

interface ProblemViewProps {
  error: unknown;
  /** What the reader was after, as in "this project". */
  what: string;
  /** What one would have to be, or to be given, where access is denied. */
  needs?: string;
  onRetry?(): void;
  actions?: ReactNode;
}

/** Says within a page why something cannot be shown, and what helps. */
export function ProblemView({ error, what, needs, onRetry, actions }: ProblemViewProps) {
  const refusal = error instanceof ApiError ? error : undefined;
  const { icon: Icon, title, text } = explain(error, what, needs);
  return (
    <div
      role="alert"
      className="flex flex-col items-start gap-4 rounded-2xl border border-line bg-surface p-6 sm:flex-row sm:p-8"
    >
      <div className="grid size-11 shrink-0 place-items-center rounded-xl bg-ink/6 text-muted">
        <Icon className="size-5" aria-hidden />
      </div>
      <div className="min-w-0">
        <h2 className="font-semibold text-lg leading-tight">{title}</h2>
        <p className="mt-1.5 max-w-prose text-muted text-sm">{text}</p>
        {refusal?.refusal && <Needed refusal={refusal.refusal} />}
        {(onRetry || actions) && (
          <div className="mt-5 flex flex-wrap gap-2">
            {actions}
            {onRetry && refusal?.status !== 404 && (
              <Button variant="secondary" onClick={onRetry}>
                Try again
              </Button>
            )}
          </div>
        )}
        {refusal?.requestId && <RequestId id={refusal.requestId} />}
      </div>
    </div>
  );
}

function Needed({ refusal }: { refusal: NonNullable<ApiError["refusal"]> }) {
  const said = [reasonName(refusal), ...sentences(refusal, undefined)].filter(
    (sentence) => sentence !== undefined,
  );
  if (said.length === 0) return null;
  return (
    <ul className="mt-2 list-disc space-y-1 pl-4.5 text-muted text-sm">
      {said.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function explain(error: unknown, what: string, needs: string | undefined) {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 403) {
    return {
      icon: Lock,
      title: "You may not see this",
      text:
        needs ??
        `Your role in this organization does not reach ${what}. An owner or an admin can change that.`,
    };
  }
  if (status === 404) {
    return {
      icon: SearchX,
      title: "Nothing here",
      text: `There is no trace of ${what}. It may have been deleted, or belong to another organization.`,
    };
  }
  return {
    icon: CircleAlert,
    title: `${capital(what)} could not be loaded`,
    text: describeError(error),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
