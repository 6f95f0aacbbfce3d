import { ApiError, describeError, isTransient } from "@/api/errors";
import type { UploadInitAnswer } from "@/api/types";
import {
  isPending,
  nextToStart,
  reduce,
  type Upload,
  type UploadEvent,
  type Uploads,
} from "./machine";
import { type Sent, StoreRefusal } from "./transport";

/** How many uploads run at once. */
export const LANES = 3;

const PATIENCE = 4;

/** What the queue needs of the world. */
export interface UploadPorts {
  checksum(file: Blob): Promise<string | undefined>;
  announce(upload: Upload, sha256: string | undefined, key: string): Promise<UploadInitAnswer>;
  put(
    answer: UploadInitAnswer,
    file: Blob,
    signal: AbortSignal,
    onProgress: (sent: number) => void,
  ): Promise<Sent>;
  confirm(documentId: string): Promise<unknown>;
  /** Takes back a document that will never get its bytes. */
  withdraw(documentId: string): Promise<unknown>;
  pause(ms: number): Promise<void>;
  key(): string;
}

interface Job {
  file: Blob;
  ports: UploadPorts;
  /** Under it the server announces the document once, however often it is asked. */
  key: string;
  sha256?: string;
  abort: AbortController;
}

/** Carries files to the server, a few at a time, and tells whoever listens how far they are. */
export class UploadQueue {
  #state: Uploads = [];
  readonly #jobs = new Map<string, Job>();
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly lanes = LANES,
    /** Hears of every upload that is done. */
    private readonly onDone: (upload: Upload) => void = () => {},
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): Uploads => this.#state;

  /** Adds files; those that were rejected beforehand stay on the list with their reason. */
  add(entries: ReadonlyArray<{ upload: Upload; file: Blob }>, ports: UploadPorts): void {
    for (const { upload, file } of entries) {
      if (upload.phase === "waiting") {
        this.#jobs.set(upload.id, { file, ports, key: ports.key(), abort: new AbortController() });
      }
    }
    this.#dispatch({ type: "added", uploads: entries.map(({ upload }) => upload) });
    this.#fill();
  }

  /** Stops an upload and takes its unfinished document back. */
  cancel(id: string): void {
    const upload = this.#find(id);
    const job = this.#jobs.get(id);
    if (!upload || !job || upload.phase === "done") return;
    job.abort.abort();
    this.#dispatch({ type: "canceled", id });
    job.key = job.ports.key();
    if (upload.documentId && !upload.stored) {
      // Best effort: a document without bytes is swept by the server anyway.
      job.ports.withdraw(upload.documentId).catch(() => undefined);
    }
    this.#fill();
  }

  /** Tries a failed or canceled upload again, from where it makes sense. */
  retry(id: string): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    job.abort = new AbortController();
    this.#dispatch({ type: "retried", id });
    this.#fill();
  }

  /** Takes settled uploads off the list. */
  dismiss(ids: readonly string[]): void {
    this.#dispatch({ type: "dismissed", ids });
    for (const id of ids) if (!this.#find(id)) this.#jobs.delete(id);
  }

  /** Stops everything, as when somebody signs out. */
  clear(): void {
    for (const upload of this.#state.filter(isPending)) this.cancel(upload.id);
    this.dismiss(this.#state.map(({ id }) => id));
  }

  #find(id: string): Upload | undefined {
    return this.#state.find((upload) => upload.id === id);
  }

  #dispatch(event: UploadEvent): void {
    const next = reduce(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }

  #fill(): void {
    for (const upload of nextToStart(this.#state, this.lanes)) {
      const job = this.#jobs.get(upload.id);
      if (!job) continue;
      this.#dispatch({ type: "started", id: upload.id });
      void this.#run(upload.id, job, job.abort.signal);
    }
  }

  async #run(id: string, job: Job, signal: AbortSignal): Promise<void> {
    try {
      const begun = this.#find(id);
      if (!begun) return;
      const documentId = begun.stored
        ? begun.documentId
        : await this.#transfer(id, begun, job, signal);
      if (signal.aborted || !documentId) return;
      await this.#patiently(job, signal, () => job.ports.confirm(documentId));
      if (signal.aborted) return;
      this.#dispatch({ type: "confirmed", id });
      const done = this.#find(id);
      if (done) this.onDone(done);
    } catch (error) {
      if (!signal.aborted) this.#dispatch({ type: "failed", id, problem: explain(error) });
    } finally {
      this.#fill();
    }
  }

  async #transfer(
    id: string,
    upload: Upload,
    job: Job,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { ports, file } = job;
    job.sha256 ??= await ports.checksum(file);
    if (signal.aborted) return undefined;
    const answer = await this.#announce(upload, job, signal);
    if (signal.aborted) {
      ports.withdraw(answer.documentId).catch(() => undefined);
      return undefined;
    }
    this.#dispatch({ type: "announced", id, documentId: answer.documentId });
    await ports.put(answer, file, signal, (sent) =>
      this.#dispatch({ type: "progressed", id, sent }),
    );
    if (signal.aborted) return undefined;
    this.#dispatch({ type: "stored", id });
    return answer.documentId;
  }

  /** Announces under the same key again, so that a retry meets its own document; under a new one where that is gone or settled. */
  async #announce(upload: Upload, job: Job, signal: AbortSignal): Promise<UploadInitAnswer> {
    const attempt = () =>
      this.#patiently(job, signal, () => job.ports.announce(upload, job.sha256, job.key));
    try {
      return await attempt();
    } catch (error) {
      if (!upload.documentId || !isStale(error)) throw error;
      job.key = job.ports.key();
      return attempt();
    }
  }

  /** Repeats a small call that failed for a passing reason, as slowly as the server asks. */
  async #patiently<T>(job: Job, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (signal.aborted || attempt >= PATIENCE || !isTransient(error)) throw error;
        const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
        await job.ports.pause(asked ?? 500 * 2 ** attempt);
      }
    }
  }
}

function isStale(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.status === 404 || error.status === 409 || error.code === "IDEMPOTENCY_MISMATCH")
  );
}

function explain(error: unknown): string {
  if (error instanceof StoreRefusal) {
    return error.status === 403
      ? "The permission to upload ran out. Try again."
      : `The file store refused the file (${error.status}). Try again.`;
  }
  if (error instanceof DOMException && error.name === "NotReadableError") {
    return "The file could not be read. It may have been moved or changed.";
  }
  if (error instanceof Error && error.name === "NetworkError")
    return "The connection broke off. Try again.";
  return describeError(error);
}
