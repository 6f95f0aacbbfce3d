import { useBailiwickEvents, useCurrentUser } from "@bailiwick/react";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { staleKeys } from "./stale";

/** Events that come together are answered together. */
const GATHER_MS = 200;

/** Reads anew what is shown as soon as it has changed, whoever changed it. Shows nothing itself. */
export function LiveUpdates() {
  const client = useQueryClient();
  const { user } = useCurrentUser();
  const stale = useRef(new Map<string, QueryKey>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useBailiwickEvents((event) => {
    for (const key of staleKeys(event, user?.id)) stale.current.set(JSON.stringify(key), key);
    timer.current ??= setTimeout(() => {
      const keys = [...stale.current.values()];
      stale.current.clear();
      timer.current = undefined;
      for (const queryKey of keys) void client.invalidateQueries({ queryKey });
    }, GATHER_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return null;
}
