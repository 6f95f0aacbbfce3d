import { useSyncExternalStore } from "react";
import type { ApiError } from "@/api/errors";

/** Remembers that the server refused the session, until somebody deals with it. */
export class SessionRefusal {
  #error: ApiError | undefined;
  readonly #listeners = new Set<() => void>();

  report = (error: ApiError): void => {
    if (this.#error) return;
    this.#error = error;
    this.#tell();
  };

  clear = (): void => {
    this.#error = undefined;
    this.#tell();
  };

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  current = (): ApiError | undefined => this.#error;

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The one refusal of this tab. */
export const sessionRefusal = new SessionRefusal();

/** The refusal to deal with now, if any. */
export function useSessionRefusal(): ApiError | undefined {
  return useSyncExternalStore(sessionRefusal.subscribe, sessionRefusal.current);
}
