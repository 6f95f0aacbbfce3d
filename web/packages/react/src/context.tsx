import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import type { Access } from "./access.js";
import { connect, type EventListener, type Shared } from "./connect.js";
import { FlagStore, type Flags } from "./flags.js";
import type { TokenSource } from "./follower.js";
import { accessLoader, flagLoader } from "./load.js";
import { AccessStore } from "./store.js";

const BailiwickContext = createContext<Shared | undefined>(undefined);

export interface BailiwickProviderProps {
  /**
   * Gives the session token: with Clerk, `({ fresh }) => getToken({ skipCache: fresh })`. It has to
   * stay the same function while it speaks for the same session and organization; another one
   * starts anew.
   */
  getToken: TokenSource;
  /** The origin of the API; this page's own, unless said. */
  baseUrl?: string;
  /** What is known already, from a server's rendering or an earlier look. */
  initial?: Access;
  /** Which feature flags are on, where that is known already. */
  initialFlags?: Flags;
  /** Follow what changes. Without it things are as they were when the page was opened. */
  live?: boolean;
  children: ReactNode;
}

/** Makes known below who is signed in and what they may do, and keeps it up to date by itself. */
export function BailiwickProvider({
  getToken,
  baseUrl = "",
  initial,
  initialFlags,
  live = true,
  children,
}: BailiwickProviderProps) {
  const first = useRef({ access: initial, flags: initialFlags });
  const value = useMemo(
    () => ({
      store: new AccessStore(accessLoader(baseUrl, getToken), first.current.access),
      flags: new FlagStore(flagLoader(baseUrl, getToken), first.current.flags),
      listeners: new Set<EventListener>(),
    }),
    [baseUrl, getToken],
  );
  useEffect(() => connect(value, { baseUrl, getToken, live }), [value, baseUrl, getToken, live]);
  return <BailiwickContext value={value}>{children}</BailiwickContext>;
}

/** What the provider above holds. */
export function useBailiwick(): Shared {
  const value = use(BailiwickContext);
  if (!value) throw new Error("use this below <BailiwickProvider>");
  return value;
}

/**
 * Calls `listener` for every event of the stream that the caller may hear of. It may be another
 * function each time.
 */
export function useBailiwickEvents(listener: EventListener): void {
  const { listeners } = useBailiwick();
  const [latest] = useState({ listener });
  useEffect(() => {
    latest.listener = listener;
  });
  useEffect(() => {
    const call: EventListener = (event) => latest.listener(event);
    listeners.add(call);
    return () => {
      listeners.delete(call);
    };
  }, [listeners, latest]);
}
