import { cn } from "@/lib/cn";

/** The mark: a piece of ground, divided. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={cn("size-7", className)}>
      <rect width="32" height="32" rx="8" fill="var(--bw-accent)" />
      <path
        d="M8 8.5 23.5 7l1.5 16.5-15.5 1.5zM8.8 17l15.5-2.2M16.2 7.8l.8 8"
        fill="none"
        stroke="var(--bw-accent-ink)"
        strokeWidth="2.2"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}

/** Mark and name. */
export function Brand({ className }: { className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-2.5", className)}>
      <Mark />
      <span className="font-semibold text-[1.0625rem] tracking-[-0.02em]">Bailiwick</span>
    </span>
  );
}
