import type { FlagStore } from "./flags.js";
import { type ChangeEvent, EventFollower, type TokenSource } from "./follower.js";
import type { AccessStore } from "./store.js";
import { followWhileVisible } from "./visible.js";

/** A listener of the event stream; `null` stands for "something was missed, look at everything". */
export type EventListener = (event: ChangeEvent | null) => void;

/** What a provider shares with everything below it. */
export interface Shared {
  store: AccessStore;
  flags: FlagStore;
  listeners: Set<EventListener>;
}

/** Where to ask, and whether to follow what changes. */
export interface Connection {
  baseUrl: string;
  getToken: TokenSource;
  live: boolean;
}

/** Keeps up to date what is shared. Answers how to end it. */
export function connect(
  { store, flags, listeners }: Shared,
  { baseUrl, getToken, live }: Connection,
): () => void {
  store.start();
  flags.start();
  const tell = (event: ChangeEvent | null) => {
    for (const listener of listeners) listener(event);
  };
  const lookAtEverything = () => {
    void store.refresh();
    flags.refresh();
    tell(null);
  };
  const follower = new EventFollower({
    url: `${baseUrl}/api/v1/events`,
    getToken,
    onEvent: (event) => {
      store.hear(event);
      // Who is let in, or not any more, has other flags.
      if (event.kind === "flags" || store.isAboutMe(event)) flags.refresh();
      tell(event);
    },
    onReset: lookAtEverything,
    // The session or the membership ended: the stores find out what is left.
    onEnd: lookAtEverything,
  });
  const end = live ? followWhileVisible(follower) : () => {};
  return () => {
    end();
    store.stop();
    flags.stop();
  };
}
