import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

const CONTROL =
  "w-full rounded-lg border border-line-strong bg-surface px-3 text-ink text-base sm:text-sm placeholder:text-faint transition-colors hover:border-faint focus-visible:border-focus focus-visible:outline-offset-0 aria-invalid:border-danger disabled:opacity-60";

interface FieldFrame {
  label: string;
  /** The label stays for screen readers and leaves the eye. */
  hideLabel?: boolean;
  hint?: ReactNode;
  error?: string;
}

interface Described {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

function Frame({
  frame,
  children,
}: {
  frame: FieldFrame;
  children: (props: Described) => ReactNode;
}) {
  const id = useId();
  const note = frame.error ?? frame.hint;
  return (
    <div>
      <label
        htmlFor={id}
        className={cn("mb-1.5 block font-[550] text-sm", frame.hideLabel && "sr-only")}
      >
        {frame.label}
      </label>
      {children({
        id,
        "aria-describedby": note ? `${id}-note` : undefined,
        "aria-invalid": frame.error ? true : undefined,
      })}
      {note && (
        <p
          id={`${id}-note`}
          role={frame.error ? "alert" : undefined}
          className={cn("mt-1.5 text-[0.8125rem]", frame.error ? "text-danger" : "text-muted")}
        >
          {note}
        </p>
      )}
    </div>
  );
}

/** A labelled line of text. */
export function TextField({
  label,
  hideLabel,
  hint,
  error,
  className,
  ...rest
}: FieldFrame & ComponentProps<"input">) {
  return (
    <Frame frame={{ label, hideLabel, hint, error }}>
      {(described) => <input {...rest} {...described} className={cn(CONTROL, "h-10", className)} />}
    </Frame>
  );
}

/** A labelled block of text. */
export function TextArea({
  label,
  hideLabel,
  hint,
  error,
  className,
  ...rest
}: FieldFrame & ComponentProps<"textarea">) {
  return (
    <Frame frame={{ label, hideLabel, hint, error }}>
      {(described) => (
        <textarea
          rows={3}
          {...rest}
          {...described}
          className={cn(CONTROL, "resize-y py-2.5", className)}
        />
      )}
    </Frame>
  );
}
