import { Button } from "./ui/button";

interface LoadMoreProps {
  shown: boolean;
  busy: boolean;
  onClick(): void;
}

/** Fetches the next page of a list. */
export function LoadMore({ shown, busy, onClick }: LoadMoreProps) {
  if (!shown) return null;
  return (
    <div className="mt-5 flex justify-center">
      <Button variant="secondary" busy={busy} onClick={onClick}>
        Show more
      </Button>
    </div>
  );
}
