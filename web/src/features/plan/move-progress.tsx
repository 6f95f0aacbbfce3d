import type { Organization } from "@/api/types";
import { Ago, Card, Progress } from "@/components/ui/bits";

export type Move = NonNullable<Organization["move"]>;

const STEPS: ReadonlyArray<{ step: Move["step"]; name: string }> = [
  { step: "PREPARING", name: "Prepare" },
  { step: "COPYING", name: "Copy" },
  { step: "VERIFYING", name: "Compare" },
  { step: "SWITCHING", name: "Switch" },
  { step: "CLEANING", name: "Clean up" },
];

/** How far a move is, from 0 to 1. Copying is nearly all of it. */
export function progressOf({ step, rowsDone, rowsTotal }: Move): number {
  const copied = rowsTotal > 0 ? Math.min(rowsDone / rowsTotal, 1) : 0;
  switch (step) {
    case "PREPARING":
      return 0.02;
    case "COPYING":
      return 0.05 + 0.8 * copied;
    case "VERIFYING":
      return 0.88;
    case "SWITCHING":
      return 0.94;
    case "CLEANING":
      return 0.97;
    default:
      return 0;
  }
}

/** A move of the organization's data to the other kind of home, as it goes. Work goes on meanwhile. */
export function MoveProgress({ move }: { move: Move }) {
  const at = STEPS.findIndex(({ step }) => step === move.step);
  const counted = new Intl.NumberFormat("en").format;
  const where = move.to === "pro" ? "a schema of its own" : "the shared schema";
  return (
    <Card className="space-y-4 p-5" role="region" aria-label="The move">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <p className="font-semibold" role="status">
          {at < 0 ? "The move is being called off" : `Moving into ${where}`}
        </p>
        <p className="text-muted text-sm">
          begun <Ago at={move.startedAt} />
        </p>
      </div>
      <Progress value={progressOf(move)} label="How far the move is" />
      <ol className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {STEPS.map(({ step, name }, index) => (
          <li
            key={step}
            aria-current={index === at ? "step" : undefined}
            className={
              index === at ? "font-[550] text-accent-text" : index < at ? "text-ink" : "text-muted"
            }
          >
            {name}
            {index < at && <span className="sr-only"> (done)</span>}
          </li>
        ))}
      </ol>
      <p className="text-muted text-sm">
        {move.rowsTotal > 0 &&
          `${counted(Math.min(move.rowsDone, move.rowsTotal))} of ${counted(move.rowsTotal)} rows. `}
        Everybody goes on working; nothing is lost, and nobody has to sign in again.
      </p>
    </Card>
  );
}
