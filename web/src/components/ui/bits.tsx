import { Avatar as AvatarPrimitive, Progress as ProgressPrimitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";
import { formatAgo, formatDateTime, initials } from "@/lib/format";

/** The shape of what is about to come. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-shimmer rounded-md bg-ink/8", className)} />;
}

const TONES = {
  plain: "bg-ink/6 text-muted",
  accent: "bg-accent-soft text-accent-text",
  warning: "bg-warning-soft text-warning-text",
  danger: "bg-danger-soft text-danger",
} as const;

/** A word or two about a state. */
export function Badge({
  tone = "plain",
  className,
  ...rest
}: ComponentProps<"span"> & { tone?: keyof typeof TONES }) {
  return (
    <span
      {...rest}
      className={cn(
        "inline-flex items-center gap-1 whitespace-nowrap rounded-full px-2 py-0.5 font-[550] text-xs",
        TONES[tone],
        className,
      )}
    />
  );
}

/** A person's or an organization's picture, or their initials. Decoration: the name stands beside it. */
export function Avatar({
  name,
  src,
  square,
  className,
}: {
  name: string;
  src?: string | null;
  square?: boolean;
  className?: string;
}) {
  return (
    <AvatarPrimitive.Root
      aria-hidden
      className={cn(
        "grid size-9 shrink-0 place-items-center overflow-hidden bg-accent-soft font-semibold text-accent-text text-xs",
        square ? "rounded-lg" : "rounded-full",
        className,
      )}
    >
      {src && <AvatarPrimitive.Image src={src} alt="" className="size-full object-cover" />}
      <AvatarPrimitive.Fallback>{initials(name)}</AvatarPrimitive.Fallback>
    </AvatarPrimitive.Root>
  );
}

/** How much of something is done, from 0 to 1. */
export function Progress({
  value,
  label,
  tone = "accent",
}: {
  value: number;
  label: string;
  tone?: "accent" | "danger";
}) {
  const percent = Math.round(Math.min(Math.max(value, 0), 1) * 100);
  return (
    <ProgressPrimitive.Root
      value={percent}
      aria-label={label}
      className="h-1.5 overflow-hidden rounded-full bg-ink/10"
    >
      <ProgressPrimitive.Indicator
        className={cn(
          "h-full rounded-full transition-[width] duration-200",
          tone === "danger" ? "bg-danger" : "bg-accent",
        )}
        style={{ width: `${percent}%` }}
      />
    </ProgressPrimitive.Root>
  );
}

/** A moment: how long ago for the eye, exactly for those who ask. */
export function Ago({ at, className }: { at: string; className?: string }) {
  return (
    <time dateTime={at} title={formatDateTime(at)} className={className}>
      {formatAgo(at, new Date())}
    </time>
  );
}

/** A sheet of paper on the canvas. */
export function Card({ className, ...rest }: ComponentProps<"div">) {
  return (
    <div
      {...rest}
      className={cn("rounded-2xl border border-line bg-surface shadow-card", className)}
    />
  );
}

/** Nothing is here yet: what would be, and how to begin. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center rounded-2xl border border-line-strong border-dashed px-6 py-14 text-center">
      <div className="grid size-12 place-items-center rounded-xl bg-accent-soft text-accent-text [&_svg]:size-5.5">
        {icon}
      </div>
      <h2 className="mt-4 font-semibold text-base">{title}</h2>
      <p className="mt-1 max-w-sm text-muted text-sm">{children}</p>
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
