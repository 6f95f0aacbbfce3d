import { Tooltip as Primitive } from "radix-ui";
import type { ReactElement } from "react";

/** Says in words what an icon means. The control still needs its own label. */
export function Tooltip({ text, children }: { text: string; children: ReactElement }) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          sideOffset={6}
          className="z-60 max-w-72 rounded-md bg-ink px-2 py-1 font-medium text-canvas text-xs animate-fade-in"
        >
          {text}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Shares the delays of all tooltips below. */
export const TooltipProvider = Primitive.Provider;
