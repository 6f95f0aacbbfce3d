import { useClerk } from "@clerk/react";
import { useEffect, useState } from "react";

/** How Clerk's start went: `error` means that it could not be loaded at all. */
export function useClerkStatus(): string {
  const clerk = useClerk();
  const [status, setStatus] = useState<string>(clerk.status ?? "loading");
  useEffect(() => {
    const onStatus = (next: string) => setStatus(next);
    clerk.on("status", onStatus, { notify: true });
    return () => clerk.off("status", onStatus);
  }, [clerk]);
  return status;
}
