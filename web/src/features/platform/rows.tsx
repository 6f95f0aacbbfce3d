import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Page } from "@/api/types";
import { Listing } from "@/components/listing";
import { Card } from "@/components/ui/bits";
import { cn } from "@/lib/cn";

interface RowsProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  /** What the list is of, for those who do not see the place. */
  label: string;
  /** The same within a sentence, as in "the organizations". */
  what: string;
  /** Shown where there is nothing. */
  empty: ReactNode;
  /** What tells a row from the others. */
  idOf(item: T): string;
  row(item: T): ReactNode;
}

/** A list of the platform on one sheet, paler while it is narrowed anew. */
export function Rows<T>({ query, label, what, empty, idOf, row }: RowsProps<T>) {
  return (
    <Listing query={query} what={what} hint={6} empty={empty}>
      {(items) => (
        <Card
          className={cn(
            "overflow-hidden transition-opacity",
            query.isPlaceholderData && "opacity-60",
          )}
        >
          <ul aria-label={label} className="divide-y divide-line">
            {items.map((item) => (
              <li key={idOf(item)}>{row(item)}</li>
            ))}
          </ul>
        </Card>
      )}
    </Listing>
  );
}
