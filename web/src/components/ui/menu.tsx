import { DropdownMenu } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

/** A menu that opens from the control `trigger`. */
export function Menu({
  trigger,
  children,
  align = "end",
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          className="z-50 min-w-44 rounded-xl border border-line bg-raised p-1 shadow-raised animate-pop-in"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const ITEM =
  "flex cursor-default select-none items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm outline-none data-highlighted:bg-ink/6 [&_svg]:size-4 [&_svg]:text-muted";

interface MenuItemProps extends Omit<ComponentProps<typeof DropdownMenu.Item>, "disabled"> {
  danger?: boolean;
  /** Why this cannot be done; absent where it can. It is said below, and reached by the keys as well. */
  reason?: string;
}

/** One thing to do. */
export function MenuItem({ danger, reason, className, children, ...rest }: MenuItemProps) {
  const item = cn(
    ITEM,
    danger && "text-danger data-highlighted:bg-danger-soft [&_svg]:text-danger",
    className,
  );
  if (!reason) {
    return (
      <DropdownMenu.Item {...rest} className={item}>
        {children}
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.Item
      {...rest}
      aria-disabled
      onSelect={(event) => event.preventDefault()}
      className={cn(ITEM, "cursor-not-allowed", className)}
    >
      <span className="min-w-0">
        <span className="opacity-55">{children}</span>
        <span className="block max-w-60 text-[0.8125rem] text-muted">{reason}</span>
      </span>
    </DropdownMenu.Item>
  );
}

/** One of several states, of which exactly one holds. */
export function MenuChoice({ className, ...rest }: ComponentProps<typeof DropdownMenu.RadioItem>) {
  return (
    <DropdownMenu.RadioItem
      {...rest}
      className={cn(
        ITEM,
        "data-[state=checked]:bg-accent-soft data-[state=checked]:text-accent-text data-[state=checked]:[&_svg]:text-accent-text",
        className,
      )}
    />
  );
}

/** The group of [`MenuChoice`]s. */
export const MenuChoices = DropdownMenu.RadioGroup;
