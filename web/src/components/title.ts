import { useEffect } from "react";

/** Names the page in the browser's tab and in its history. */
export function useTitle(...parts: Array<string | undefined>): void {
  const title = [...parts.filter(Boolean), "Bailiwick"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
