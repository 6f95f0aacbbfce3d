import { Check } from "lucide-react";
import { Checkbox as Primitive } from "radix-ui";
import { useId } from "react";
import { cn } from "@/lib/cn";
import { Tooltip } from "./tooltip";

interface CheckboxProps {
  /** What is said yes or no to, for those who do not see the place. */
  label: string;
  checked: boolean;
  onCheckedChange(checked: boolean): void;
  /** Why it cannot be changed; absent where it can. */
  reason?: string;
  className?: string;
}

/** Yes or no. Where it cannot be changed it stays in the order of keys and says why. */
export function Checkbox({ label, checked, onCheckedChange, reason, className }: CheckboxProps) {
  const id = useId();
  const box = (
    <Primitive.Root
      checked={checked}
      onCheckedChange={(next) => !reason && onCheckedChange(next === true)}
      aria-label={label}
      aria-disabled={reason ? true : undefined}
      aria-describedby={reason ? id : undefined}
      className={cn(
        "grid size-5 place-items-center rounded-md border border-line-strong bg-surface text-accent-ink transition-colors hover:border-faint data-[state=checked]:border-accent data-[state=checked]:bg-accent",
        reason && "cursor-not-allowed opacity-55",
        className,
      )}
    >
      <Primitive.Indicator>
        <Check className="size-3.5" strokeWidth={3} aria-hidden />
      </Primitive.Indicator>
    </Primitive.Root>
  );
  if (!reason) return box;
  return (
    <>
      {/* Around the box: the tooltip marks its own state on what it hangs on, under the same name. */}
      <Tooltip text={reason}>
        <span className="inline-flex">{box}</span>
      </Tooltip>
      <span id={id} className="sr-only">
        {reason}
      </span>
    </>
  );
}
