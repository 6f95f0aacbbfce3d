import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import type { Access } from "./access.js";
import { type ChangeEvent, EventFollower, type TokenSource } from "./follower.js";
import { accessLoader } from "./load.js";
import { AccessStore } from "./store.js";
import { followWhileVisible } from "./visible.js";

/** A listener of the event stream; `null` stands for "something was missed, look at everything". */
export type EventListener = (event: ChangeEvent | null) => void;

interface Bailiwick {
  store: AccessStore;
  listeners: Set<EventListener>;
}

const BailiwickContext = createContext<Bailiwick | undefined>(undefined);

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
  /** Follow what changes. Without it things are as they were when the page was opened. */
  live?: boolean;
  children: ReactNode;
}

/** Makes known below who is signed in and what they may do, and keeps it up to date by itself. */
export function BailiwickProvider({
  getToken,
  baseUrl = "",
  initial,
  live = true,
  children,
}: BailiwickProviderProps) {
  const first = useRef(initial);
  const value = useMemo(
    () => ({
      store: new AccessStore(accessLoader(baseUrl, getToken), first.current),
      listeners: new Set<EventListener>(),
    }),
    [baseUrl, getToken],
  );
  useEffect(() => {
    const { store, listeners } = value;
    store.start();
    const tell = (event: ChangeEvent | null) => {
      for (const listener of listeners) listener(event);
    };
    const follower = new EventFollower({
      url: `${baseUrl}/api/v1/events`,
      getToken,
      onEvent: (event) => {
        store.hear(event);
        tell(event);
      },
      onReset: () => {
        void store.refresh();
        tell(null);
      },
      // The session or the membership ended: the store finds out what is left.
      onEnd: () => {
        void store.refresh();
        tell(null);
      },
    });
    const end = live ? followWhileVisible(follower) : () => {};
    return () => {
      end();
      store.stop();
    };
  }, [value, baseUrl, getToken, live]);
  return <BailiwickContext value={value}>{children}</BailiwickContext>;
}

/** What the provider above holds. */
export function useBailiwick(): Bailiwick {
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
