import { Switch as Primitive } from "radix-ui";
import { useId } from "react";
import { cn } from "@/lib/cn";
import { Tooltip } from "./tooltip";

interface SwitchProps {
  /** What is on or off, for those who do not see the place. */
  label: string;
  checked: boolean;
  onCheckedChange(checked: boolean): void;
  /** Why it cannot be switched; absent where it can. */
  reason?: string;
  busy?: boolean;
}

/** On or off, in force at once. Where it cannot be switched it stays in the order of keys and says why. */
export function Switch({ label, checked, onCheckedChange, reason, busy }: SwitchProps) {
  const id = useId();
  const control = (
    <Primitive.Root
      checked={checked}
      onCheckedChange={(next) => !reason && !busy && onCheckedChange(next)}
      aria-label={label}
      aria-busy={busy || undefined}
      aria-disabled={reason ? true : undefined}
      aria-describedby={reason ? id : undefined}
      className={cn(
        "inline-flex h-6 w-10.5 shrink-0 items-center rounded-full border border-line-strong bg-ink/10 p-0.5 transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent",
        reason && "cursor-not-allowed opacity-55",
        busy && "animate-shimmer",
      )}
    >
      <Primitive.Thumb className="size-4.5 rounded-full bg-faint shadow-card transition-transform data-[state=checked]:translate-x-4.5 data-[state=checked]:bg-accent-ink" />
    </Primitive.Root>
  );
  if (!reason) return control;
  return (
    <>
      {/* Around the switch: the tooltip marks its own state on what it hangs on, under the same name. */}
      <Tooltip text={reason}>
        <span className="inline-flex">{control}</span>
      </Tooltip>
      <span id={id} className="sr-only">
        {reason}
      </span>
    </>
  );
}
