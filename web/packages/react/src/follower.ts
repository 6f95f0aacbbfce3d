import { BlockReader } from "./blocks.js";

/** Something changed: which thing, and nothing else of it. */
export interface ChangeEvent {
  /** The resource: `documents`, `memberships`, `organizations`, … */
  kind: string;
  organizationId: string | null;
  /** Whom it is about, where it is about somebody. */
  userId: string | null;
  projectId: string | null;
  objectId: string;
}

/** Gives a session token; `fresh` asks for one that was not used yet. Null: nobody is signed in. */
export type TokenSource = (options: { fresh: boolean }) => Promise<string | null>;

/** What a follower tells. */
export interface FollowerHandlers {
  onEvent(event: ChangeEvent): void;
  /** Something was missed: whatever is shown is to be read anew. */
  onReset(): void;
  /** The stream is over and does not come back by itself: the session or the membership ended. */
  onEnd(code: string): void;
}

/** Where a follower asks, and with which means. */
export interface FollowerOptions extends FollowerHandlers {
  /** `/api/v1/events`, on whichever origin the API is. */
  url: string;
  getToken: TokenSource;
  fetch?: typeof fetch;
  /** Waits; ends early where the signal is raised. In milliseconds. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  random?: () => number;
}

/** How a connection ended. */
type Outcome =
  | { kind: "again"; afterMs: number }
  | { kind: "fresh" }
  | { kind: "failed"; afterMs?: number }
  | { kind: "over"; code: string };

/** Without a sign of life for so long a connection is taken for dead. The server sends one each 15 s. */
const SILENCE_MAX_MS = 45_000;
const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;
/** Another page of the same person was opened, one too many: this one steps back for a while. */
const CROWDED_MS = 60_000;

/**
 * Follows the event stream and comes back after every end of a connection, with the id of the last
 * event heard, so that nothing is missed. `start` and `stop` may be called in any order and often.
 */
export class EventFollower {
  readonly #options: FollowerOptions;
  #lastId: string | undefined;
  #running: AbortController | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    const running = new AbortController();
    this.#running = running;
    void this.#run(running.signal).finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { wait = pause, random = Math.random, onEnd } = this.#options;
    let failures = 0;
    let fresh = false;
    while (!signal.aborted) {
      const outcome = await this.#connect(fresh, signal);
      if (signal.aborted) return;
      switch (outcome.kind) {
        case "over":
          onEnd(outcome.code);
          return;
        case "fresh":
          // A token that was new and did not last either: not in a circle without a pause.
          if (fresh) await wait(RETRY_MS, signal);
          fresh = true;
          failures = 0;
          continue;
        case "again":
          failures = 0;
          await wait(outcome.afterMs * (0.75 + random() / 2), signal);
          break;
        case "failed": {
          const longer = Math.min(RETRY_MS * 2 ** failures, RETRY_MAX_MS);
          failures += 1;
          await wait(Math.max(outcome.afterMs ?? 0, longer) * (0.75 + random() / 2), signal);
          break;
        }
      }
      fresh = false;
    }
  }

  async #connect(fresh: boolean, signal: AbortSignal): Promise<Outcome> {
    const { url, getToken, fetch: ask = fetch } = this.#options;
    const connection = new AbortController();
    const end = () => connection.abort();
    signal.addEventListener("abort", end);
    try {
      const token = await getToken({ fresh });
      if (!token) return { kind: "over", code: "AUTH_REQUIRED" };
      if (signal.aborted) return { kind: "failed" };
      const headers: Record<string, string> = {
        accept: "text/event-stream",
        authorization: `Bearer ${token}`,
      };
      if (this.#lastId !== undefined) headers["last-event-id"] = this.#lastId;
      const response = await ask(url, { headers, cache: "no-store", signal: connection.signal });
      if (!response.ok || !response.body) return await this.#refused(response, fresh);
      return await this.#read(response.body, connection);
    } catch {
      // Whatever broke the connection, the next one tells.
      return { kind: "failed" };
    } finally {
      signal.removeEventListener("abort", end);
      connection.abort();
    }
  }

  async #refused(response: Response, fresh: boolean): Promise<Outcome> {
    if (response.status === 401 && !fresh) return { kind: "fresh" };
    if (response.status === 422) {
      // The place where this page stopped means nothing to the server.
      this.#lastId = undefined;
      return { kind: "failed" };
    }
    if (response.status === 429 || response.status >= 500) {
      const seconds = Number(response.headers.get("retry-after") ?? 0);
      return { kind: "failed", afterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 };
    }
    const body: unknown = await response.json().catch(() => undefined);
    return { kind: "over", code: codeOf(body) ?? `HTTP_${response.status}` };
  }

  async #read(body: ReadableStream<Uint8Array>, connection: AbortController): Promise<Outcome> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const blocks = new BlockReader();
    for (;;) {
      const silence = setTimeout(() => connection.abort(), SILENCE_MAX_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return { kind: "again", afterMs: RETRY_MS };
      for (const { event, id, data } of blocks.push(decoder.decode(value, { stream: true }))) {
        if (id !== undefined) this.#lastId = id;
        const ended = this.#hear(event, data);
        if (ended) return ended;
      }
    }
  }

  #hear(event: string, data: string): Outcome | undefined {
    if (event === "") return undefined;
    if (event === "reset") {
      this.#options.onReset();
      return undefined;
    }
    const body = parse(data);
    if (event === "end") return ended(codeOf(body));
    if (isChange(body)) this.#options.onEvent(body);
    return undefined;
  }
}

/** What to do after the server's last word. */
function ended(code: string | undefined): Outcome {
  switch (code) {
    case "AUTH_INVALID_TOKEN":
      // Tokens live a minute, and a stream ends with its token.
      return { kind: "fresh" };
    case "RATE_LIMITED":
      return { kind: "again", afterMs: CROWDED_MS };
    case "UNAVAILABLE":
    case "INTERNAL":
    case undefined:
      return { kind: "again", afterMs: RETRY_MS };
    default:
      return { kind: "over", code };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(body: unknown): string | undefined {
  const isProblem = typeof body === "object" && body !== null && "code" in body;
  return isProblem && typeof body.code === "string" ? body.code : undefined;
}

function isChange(body: unknown): body is ChangeEvent {
  return typeof body === "object" && body !== null && "kind" in body && "objectId" in body;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
