import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { RowsSkeleton } from "./app-skeleton";
import { LoadMore } from "./load-more";
import { ProblemView } from "./problem-view";

interface ListingProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<{ data: T[] }>>;
  /** What is listed, within a sentence, as in "the members". */
  what: string;
  /** How many rows are hinted at while the first page is on its way. */
  hint: number;
  /** Shown where there is nothing. */
  empty: ReactNode;
  /** What all pages fetched so far have, never nothing. */
  children(items: T[]): ReactNode;
}

/** A list that is fetched page by page, what stands in its place meanwhile, and the way to more. */
export function Listing<T>({ query, what, hint, empty, children }: ListingProps<T>) {
  const items = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      {query.isPending ? (
        <RowsSkeleton rows={hint} />
      ) : query.isError && !query.data ? (
        <ProblemView error={query.error} what={what} onRetry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        empty
      ) : (
        children(items)
      )}
      <LoadMore query={query} />
    </>
  );
}
