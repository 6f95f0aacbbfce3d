import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

interface ScrollerProps {
  /** What is in it, for the ear. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** What may be wider than the page, such as a table: it scrolls sideways for itself, by the keys as well. */
export function Scroller({ label, className, children }: ScrollerProps) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keys.
      tabIndex={0}
      className={cn("overflow-x-auto", className)}
    >
      {children}
    </section>
  );
}
