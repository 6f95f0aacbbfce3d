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
  "flex cursor-default select-none items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm outline-none data-highlighted:bg-ink/6 data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:text-muted";

interface MenuItemProps extends ComponentProps<typeof DropdownMenu.Item> {
  danger?: boolean;
}

/** One thing to do. */
export function MenuItem({ danger, className, ...rest }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      {...rest}
      className={cn(
        ITEM,
        danger && "text-danger data-highlighted:bg-danger-soft [&_svg]:text-danger",
        className,
      )}
    />
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
