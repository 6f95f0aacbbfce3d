import type { Access } from "./access.js";
import type { ChangeEvent } from "./follower.js";

/** Why access is not known, or not given. */
export interface Refusal {
  status: number;
  /** The machine-readable reason, such as `TENANT_ACCESS_DENIED`. */
  code: string;
  /** What to tell a person. */
  title: string;
  /** Where the membership is there and lets nobody in: suspended, or waiting for the end of another one. */
  barred?: "suspended" | "pending";
}

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

/** The server said no. Thrown by whoever loads. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  constructor(readonly refusal: Refusal) {
    super(`API error: ${refusal.status} ${refusal.code}`);
  }
}

const LOADING: AccessState = { status: "loading", access: undefined, refusal: undefined };
const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;

/** What the caller may do, kept up to date: asked once, and again whenever an event says so. */
export class AccessStore {
  #state: AccessState = LOADING;
  #isStopped = false;
  #asking: Promise<void> | undefined;
  #again = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #load: () => Promise<Access | null>;

  /** `load` answers null where nobody is signed in, and throws a [`RefusedError`] where the server refuses. */
  constructor(load: () => Promise<Access | null>, initial?: Access) {
    this.#load = load;
    if (initial) this.#state = ready(initial, false);
  }

  state = (): AccessState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Asks anew. While it asks already, once more afterwards: what changed meanwhile is not missed. */
  refresh = (): Promise<void> => {
    if (this.#asking) {
      this.#again = true;
      return this.#asking;
    }
    clearTimeout(this.#retry);
    this.#asking = this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  };

  /** An event that may change what the caller may do. */
  hear = (event: ChangeEvent): void => {
    const access = this.#state.access;
    const isAboutMe = event.userId !== null && event.userId === access?.user.id;
    const isAboutUs =
      event.kind === "organizations" && event.organizationId === access?.organization?.id;
    if (isAboutMe || isAboutUs) void this.refresh();
  };

  start(): void {
    this.#isStopped = false;
    void this.refresh();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
  }

  async #ask(): Promise<void> {
    do {
      this.#again = false;
      try {
        const access = await this.#load();
        this.#failures = 0;
        this.#set(
          access
            ? ready(access, false)
            : { status: "signed-out", access: undefined, refusal: undefined },
        );
      } catch (error) {
        this.#failed(error);
      }
    } while (this.#again && !this.#isStopped);
  }

  #failed(error: unknown): void {
    if (error instanceof RefusedError) {
      this.#failures = 0;
      this.#set({ status: "refused", access: undefined, refusal: error.refusal });
      return;
    }
    const known = this.#state.access;
    this.#set(
      known ? ready(known, true) : { status: "failed", access: undefined, refusal: undefined },
    );
    if (this.#isStopped) return;
    const delay = Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MAX_MS);
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.refresh(), delay);
  }

  #set(state: AccessState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function ready(access: Access, isStale: boolean): AccessState {
  return { status: "ready", access, refusal: undefined, isStale };
}
