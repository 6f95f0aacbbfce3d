import type { Access } from "./access.js";
import { Asking } from "./asking.js";
import type { ChangeEvent } from "./follower.js";
import type { Refusal } from "./refused.js";

/** What is known of the caller's access. */
export type AccessState =
  /** Not known yet. */
  | { status: "loading"; access: undefined; refusal: undefined }
  /** Known; `isStale` while the last look failed and an earlier one is shown. */
  | { status: "ready"; access: Access; refusal: undefined; isStale: boolean }
  /** Nobody is signed in. */
  | { status: "signed-out"; access: undefined; refusal: undefined }
  /** The server refuses: the account is closed, the membership ended, is suspended, … */
  | { status: "refused"; access: undefined; refusal: Refusal }
  /** The server was not reached, and nothing is known from before. */
  | { status: "failed"; access: undefined; refusal: undefined };

const LOADING: AccessState = { status: "loading", access: undefined, refusal: undefined };
const SIGNED_OUT: AccessState = { status: "signed-out", access: undefined, refusal: undefined };
const FAILED: AccessState = { status: "failed", access: undefined, refusal: undefined };

/** What the caller may do, kept up to date: asked once, and again whenever an event says so. */
export class AccessStore {
  #state: AccessState = LOADING;
  readonly #asking: Asking<Access | null>;
  readonly #listeners = new Set<() => void>();

  /** `load` answers null where nobody is signed in, and throws a [`RefusedError`] where the server refuses. */
  constructor(load: () => Promise<Access | null>, initial?: Access) {
    if (initial) this.#state = ready(initial, false);
    this.#asking = new Asking(load, {
      onAnswer: (access) => this.#set(access ? ready(access, false) : SIGNED_OUT),
      onRefusal: (refusal) => this.#set({ status: "refused", access: undefined, refusal }),
      onUnreachable: () => {
        const known = this.#state.access;
        this.#set(known ? ready(known, true) : FAILED);
      },
    });
  }

  state = (): AccessState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Asks anew. While it asks already, once more afterwards: what changed meanwhile is not missed. */
  refresh = (): Promise<void> => this.#asking.refresh();

  /** Whether an event is about the caller; while nobody knows who that is, any that is about somebody. */
  isAboutMe({ userId }: ChangeEvent): boolean {
    const me = this.#state.access?.user.id;
    return userId !== null && (me === undefined || me === userId);
  }

  /** An event that may change what the caller may do. */
  hear = (event: ChangeEvent): void => {
    const isAboutUs =
      event.kind === "organizations" &&
      event.organizationId === this.#state.access?.organization?.id;
    if (this.isAboutMe(event) || isAboutUs) void this.refresh();
  };

  start(): void {
    this.#asking.start();
    void this.refresh();
  }

  stop(): void {
    this.#asking.stop();
  }

  #set(state: AccessState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function ready(access: Access, isStale: boolean): AccessState {
  return { status: "ready", access, refusal: undefined, isStale };
}
