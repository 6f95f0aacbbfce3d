import { Asking } from "./asking.js";

/** What is switched on, by key. What is missing is off. */
export type Flags = ReadonlyMap<string, boolean>;

const NONE: Flags = new Map();

/**
 * What is switched on for the caller. Asked only while somebody wants to know, and then again
 * whenever an event says so.
 */
export class FlagStore {
  #flags: Flags;
  #isRunning = false;
  /** Something may have changed since it was asked. */
  #isStale = true;
  readonly #asking: Asking<Flags>;
  readonly #listeners = new Set<() => void>();

  /** `load` throws a [`RefusedError`] where the server refuses; nothing is on then. */
  constructor(load: () => Promise<Flags>, initial: Flags = NONE) {
    this.#flags = initial;
    this.#asking = new Asking(load, {
      onAnswer: (flags) => this.#set(flags),
      onRefusal: () => this.#set(NONE),
      // What is known stays until it is known better.
      onUnreachable: () => {},
    });
  }

  isOn(key: string): boolean {
    return this.#flags.get(key) === true;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#isStale) this.#ask();
    return () => this.#listeners.delete(listener);
  };

  /** Something may have changed: asks anew, as soon as somebody wants to know. */
  refresh(): void {
    this.#isStale = true;
    this.#ask();
  }

  start(): void {
    this.#isRunning = true;
    this.#asking.start();
    this.refresh();
  }

  stop(): void {
    this.#isRunning = false;
    this.#asking.stop();
  }

  #ask(): void {
    if (!this.#isRunning || this.#listeners.size === 0) return;
    this.#isStale = false;
    void this.#asking.refresh();
  }

  #set(flags: Flags): void {
    this.#flags = flags;
    for (const listener of this.#listeners) listener();
  }
}
