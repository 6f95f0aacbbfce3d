import type { ReactNode } from "react";
import { CopyButton } from "@/components/copy-button";
import { cn } from "@/lib/cn";

/** Names and values, in two columns where there is room. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid gap-x-8 gap-y-2 text-[0.8125rem] sm:grid-cols-2">{children}</dl>;
}

interface FactProps {
  label: string;
  children: ReactNode;
  /** An id or the like, to be read letter by letter. */
  mono?: boolean;
  /** What the copy button takes along. */
  copy?: string;
  /** As wide as both columns. */
  wide?: boolean;
}

/** One of [`Facts`]. What is absent is left out. */
export function Fact({ label, children, mono, copy, wide }: FactProps) {
  if (!children && children !== 0) return null;
  return (
    <div className={cn("flex min-w-0 items-start gap-2 leading-6", wide && "sm:col-span-2")}>
      <dt className="w-24 shrink-0 text-muted">{label}</dt>
      <dd className="flex min-w-0 items-start gap-0.5">
        <span
          className={cn("min-w-0 break-words", mono && "break-all font-mono text-xs leading-6")}
        >
          {children}
        </span>
        {copy && (
          <span className="-my-0.5 shrink-0">
            <CopyButton text={copy} label={`Copy: ${label}`} />
          </span>
        )}
      </dd>
    </div>
  );
}
