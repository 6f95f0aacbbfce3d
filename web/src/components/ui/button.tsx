import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const VARIANTS = {
  primary: "bg-accent text-accent-ink hover:bg-accent-hover shadow-card",
  secondary: "bg-control text-ink border border-line-strong hover:border-faint shadow-card",
  quiet: "text-muted hover:text-ink hover:bg-ink/6",
  danger: "bg-danger text-danger-ink hover:bg-danger-hover shadow-card",
  link: "text-accent-text underline decoration-accent-text/35 underline-offset-4 hover:decoration-accent-text",
} as const;

const SIZES = {
  sm: "h-8 px-3 text-[0.8125rem] gap-1.5 rounded-md",
  md: "h-9.5 px-4 text-sm gap-2 rounded-lg",
  lg: "h-12 px-6 text-base gap-2 rounded-xl",
  icon: "size-9 rounded-lg",
  inline: "",
} as const;

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: keyof typeof VARIANTS;
  size?: keyof typeof SIZES;
  /** Renders the only child in the looks of a button, for links. */
  asChild?: boolean;
  /** The action runs: not to be pressed again, and said so to assistive technology. */
  busy?: boolean;
}

/** A button, or a link that looks like one. */
export function Button({
  variant = "primary",
  size,
  asChild,
  busy,
  className,
  disabled,
  ...rest
}: ButtonProps) {
  const Tag = asChild ? Slot.Root : "button";
  return (
    <Tag
      {...(asChild ? {} : { type: rest.type ?? "button", disabled: disabled || busy })}
      aria-busy={busy || undefined}
      {...rest}
      className={cn(
        "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap font-[550] transition-colors duration-150 disabled:cursor-not-allowed disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
        VARIANTS[variant],
        SIZES[size ?? (variant === "link" ? "inline" : "md")],
        busy && "animate-shimmer",
        className,
      )}
    />
  );
}
