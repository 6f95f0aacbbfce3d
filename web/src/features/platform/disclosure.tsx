import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { cn } from "@/lib/cn";

interface DisclosureProps {
  /** What is seen without opening; it is the button's name. */
  summary: ReactNode;
  /** A control beside it. */
  aside?: ReactNode;
  /** What is seen then; made only once it is. */
  children: () => ReactNode;
}

/** A row that opens. */
export function Disclosure({ summary, aside, children }: DisclosureProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <div className="flex items-center hover:bg-ink/3">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 items-center gap-3.5 px-4 py-3 text-left outline-offset-[-2px] sm:px-5"
        >
          {summary}
          <ChevronRight
            className={cn("size-4 shrink-0 text-faint transition-transform", open && "rotate-90")}
            aria-hidden
          />
        </button>
        {aside && <div className="flex shrink-0 pr-4 sm:pr-5">{aside}</div>}
      </div>
      <div id={id} hidden={!open} className="border-line border-t bg-sunken/60 px-4 py-4 sm:px-5">
        {open && children()}
      </div>
    </>
  );
}
