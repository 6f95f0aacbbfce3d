import { useEffect, useState } from "react";
import { Button } from "./ui/button";

/** What is needed of a list that is fetched page by page. */
interface Pages {
  data?: { pages: readonly unknown[] };
  hasNextPage: boolean;
  isFetching: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage(): Promise<unknown>;
}

interface LoadMoreProps {
  query: Pages;
}

/**
 * Fetches the next page of a list. The wish outlives whatever else is fetched meanwhile: news of the
 * list reads it anew, which would cancel a page that is on its way, or be canceled by one.
 */
export function LoadMore({ query }: LoadMoreProps) {
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const fetched = query.data?.pages.length ?? 0;
  const [wanted, setWanted] = useState(0);
  const isWaiting = fetched < wanted && hasNextPage && !isFetchNextPageError;
  const isHungry = isWaiting && !isFetching;
  useEffect(() => {
    if (isHungry) void fetchNextPage();
  }, [isHungry, fetchNextPage]);

  if (!hasNextPage) return null;
  const ask = () => {
    setWanted(fetched + 1);
    if (isFetchNextPageError) void fetchNextPage();
  };
  return (
    <div className="mt-5 flex justify-center">
      <Button variant="secondary" busy={isWaiting} onClick={ask}>
        Show more
      </Button>
    </div>
  );
}
