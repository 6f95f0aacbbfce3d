import { AlertDialog } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { Button } from "./button";
import { OVERLAY, SHEET } from "./dialog";

interface ConfirmDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  /** What will be gone or changed, in one or two sentences. */
  children: ReactNode;
  /** The verb on the button that does it. */
  action: string;
  /** `danger`, unless nothing is lost by it. */
  tone?: "danger" | "primary";
  busy?: boolean;
  error?: string;
  onConfirm(): void;
}

/** Asks once more before something is lost. Stays open, with the reason, where it did not work. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, children, action, tone, busy, error, onConfirm } = props;
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={OVERLAY} />
        <AlertDialog.Content className={cn(SHEET)}>
          <AlertDialog.Title className="font-semibold text-lg leading-tight">
            {title}
          </AlertDialog.Title>
          <AlertDialog.Description className="mt-2 break-words text-muted text-sm">
            {children}
          </AlertDialog.Description>
          {error && (
            <p
              role="alert"
              className="mt-4 rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm"
            >
              {error}
            </p>
          )}
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button variant="secondary">{tone === "primary" ? "Cancel" : "Keep"}</Button>
            </AlertDialog.Cancel>
            <Button variant={tone ?? "danger"} busy={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
