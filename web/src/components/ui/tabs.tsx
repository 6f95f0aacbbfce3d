import { Tabs as Primitive } from "radix-ui";
import type { ReactNode } from "react";

interface TabsProps<T extends string> {
  label: string;
  value: T;
  onValueChange(value: T): void;
  tabs: ReadonlyArray<{ value: T; label: string; count?: number; content: ReactNode }>;
}

/** Several views of one thing, of which one shows. */
export function Tabs<T extends string>({ label, value, onValueChange, tabs }: TabsProps<T>) {
  return (
    <Primitive.Root value={value} onValueChange={(next) => onValueChange(next as T)}>
      <Primitive.List aria-label={label} className="flex gap-6 border-line border-b">
        {tabs.map((tab) => (
          <Primitive.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px inline-flex items-center gap-2 rounded-t-sm border-transparent border-b-2 px-0.5 pt-1 pb-2.5 font-[550] text-muted text-sm transition-colors hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="tabular rounded-full bg-ink/7 px-1.5 py-px font-medium text-muted text-xs">
                {tab.count}
              </span>
            )}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {tabs.map((tab) => (
        <Primitive.Content key={tab.value} value={tab.value} className="pt-6 outline-offset-4">
          {tab.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
