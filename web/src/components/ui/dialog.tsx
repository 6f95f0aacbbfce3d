import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** The dark cloth behind dialogs. */
export const OVERLAY = "fixed inset-0 z-40 bg-overlay backdrop-blur-[2px] animate-fade-in";

/** The sheet itself: from below on a phone, in the middle elsewhere. */
export const SHEET =
  "fixed z-50 bg-raised shadow-raised border border-line animate-pop-in inset-x-3 bottom-3 rounded-2xl p-6 max-h-[calc(100dvh-1.5rem)] overflow-y-auto sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-1/2 sm:w-full sm:max-w-md sm:-translate-x-1/2 sm:-translate-y-1/2";

interface DialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A dialog with a title, a way out, and the focus kept inside. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  className,
}: DialogProps) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={OVERLAY} />
        <Primitive.Content
          className={cn(SHEET, className)}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <Primitive.Title className="pr-8 font-semibold text-lg leading-tight">
            {title}
          </Primitive.Title>
          {description && (
            <Primitive.Description className="mt-1.5 text-muted text-sm">
              {description}
            </Primitive.Description>
          )}
          <div className="mt-5">{children}</div>
          <Primitive.Close
            aria-label="Close"
            className="absolute top-4 right-4 grid size-8 place-items-center rounded-md text-muted hover:bg-ink/6 hover:text-ink"
          >
            <X className="size-4" aria-hidden />
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
