import { type Refusal, RefusedError } from "./refused.js";

/** Told what came of a question. */
export interface Answers<T> {
  onAnswer(value: T): void;
  /** The server said no. */
  onRefusal(refusal: Refusal): void;
  /** The server was not reached; it is asked again by itself. */
  onUnreachable(): void;
}

const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;

/** One question to the server: asked once more where something changed meanwhile, and again by itself where the server was not reached. */
export class Asking<T> {
  readonly #load: () => Promise<T>;
  readonly #answers: Answers<T>;
  #isStopped = false;
  #isAsking = false;
  #running = Promise.resolve();
  #again = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** `load` throws a [`RefusedError`] where the server refuses. */
  constructor(load: () => Promise<T>, answers: Answers<T>) {
    this.#load = load;
    this.#answers = answers;
  }

  /** Asks anew. While it asks already, once more afterwards: what changed meanwhile is not missed. */
  refresh = (): Promise<void> => {
    if (this.#isAsking) {
      this.#again = true;
      return this.#running;
    }
    clearTimeout(this.#retry);
    this.#isAsking = true;
    this.#running = this.#ask();
    return this.#running;
  };

  /** Failures are followed by another try from here on. */
  start(): void {
    this.#isStopped = false;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
  }

  async #ask(): Promise<void> {
    do {
      this.#again = false;
      try {
        const value = await this.#load();
        this.#failures = 0;
        this.#answers.onAnswer(value);
      } catch (error) {
        this.#failed(error);
      }
    } while (this.#again && !this.#isStopped);
    // At once: who asks from here on is not told to wait for what is over.
    this.#isAsking = false;
  }

  #failed(error: unknown): void {
    if (error instanceof RefusedError) {
      this.#failures = 0;
      this.#answers.onRefusal(error.refusal);
      return;
    }
    this.#answers.onUnreachable();
    if (this.#isStopped) return;
    const delay = Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MAX_MS);
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.refresh(), delay);
  }
}
