import { Check, ChevronDown } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import { cn } from "@/lib/cn";

export interface SelectOption<T extends string> {
  value: T;
  label: string;
  hint?: string;
}

interface SelectProps<T extends string> {
  /** What is chosen here, for those who do not see the place. */
  label: string;
  value: T | "";
  onValueChange(value: T): void;
  options: ReadonlyArray<SelectOption<T>>;
  placeholder?: string;
  disabled?: boolean;
  className?: string;
}

/** One of several. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { label, value, onValueChange, options, placeholder, disabled, className } = props;
  return (
    <Primitive.Root
      value={value}
      onValueChange={(next) => onValueChange(next as T)}
      disabled={disabled}
    >
      <Primitive.Trigger
        aria-label={label}
        className={cn(
          "inline-flex h-9.5 min-w-0 items-center justify-between gap-2 rounded-lg border border-line-strong bg-surface px-3 text-sm hover:border-faint disabled:opacity-60 data-placeholder:text-muted",
          className,
        )}
      >
        <span className="truncate">
          <Primitive.Value placeholder={placeholder} />
        </span>
        <ChevronDown className="size-4 shrink-0 text-muted" aria-hidden />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={6}
          className="z-60 max-h-72 min-w-(--radix-select-trigger-width) max-w-[calc(100vw-2rem)] overflow-hidden rounded-xl border border-line bg-raised p-1 shadow-raised animate-pop-in"
        >
          <Primitive.Viewport>
            {options.map((option) => (
              <Primitive.Item
                key={option.value}
                value={option.value}
                className="flex cursor-default select-none items-center gap-2 rounded-lg px-2.5 py-2 text-sm outline-none data-highlighted:bg-ink/6"
              >
                <span className="min-w-0 flex-1">
                  <Primitive.ItemText>{option.label}</Primitive.ItemText>
                  {option.hint && (
                    <span className="block text-[0.8125rem] text-muted">{option.hint}</span>
                  )}
                </span>
                <Primitive.ItemIndicator>
                  <Check className="size-4 text-accent-text" aria-hidden />
                </Primitive.ItemIndicator>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
