/**
 * Where an upload stands.
 * `waiting` -> `preparing` (checksum, announcement) -> `sending` -> `confirming` -> `done`,
 * and from any of them to `failed` (may be tried again) or `canceled`. `rejected` never began.
 */
export type Phase =
  | "waiting"
  | "preparing"
  | "sending"
  | "confirming"
  | "done"
  | "failed"
  | "canceled"
  | "rejected";

/** One file on its way. */
export interface Upload {
  id: string;
  orgId: string;
  projectId: string;
  fileName: string;
  contentType: string;
  /** In bytes. */
  size: number;
  phase: Phase;
  /** Bytes that left the machine. */
  sent: number;
  /** What to tell a person about a failure or a rejection. */
  problem?: string;
  /** Known once the server has announced the document. */
  documentId?: string;
  /** The bytes are stored: what is left is the confirmation. */
  stored: boolean;
}

export type UploadEvent =
  | { type: "added"; uploads: readonly Upload[] }
  | { type: "started"; id: string }
  | { type: "announced"; id: string; documentId: string }
  | { type: "progressed"; id: string; sent: number }
  | { type: "stored"; id: string }
  | { type: "confirmed"; id: string }
  | { type: "failed"; id: string; problem: string }
  | { type: "canceled"; id: string }
  | { type: "retried"; id: string }
  | { type: "dismissed"; ids: readonly string[] };

/** The uploads, in the order in which they were added. */
export type Uploads = readonly Upload[];

const ACTIVE: ReadonlySet<Phase> = new Set(["preparing", "sending", "confirming"]);

/** Whether an upload uses one of the lanes now. */
export function isActive(upload: Upload): boolean {
  return ACTIVE.has(upload.phase);
}

/** Whether leaving the page would lose this upload. */
export function isPending(upload: Upload): boolean {
  return upload.phase === "waiting" || isActive(upload);
}

/** Whether nothing more will happen by itself. */
export function isSettled(upload: Upload): boolean {
  return !isPending(upload);
}

/** The state after an event. An event that does not fit the phase changes nothing: late news of a canceled upload, say. */
export function reduce(uploads: Uploads, event: UploadEvent): Uploads {
  switch (event.type) {
    case "added":
      return [...uploads, ...event.uploads];
    case "dismissed":
      return uploads.filter((upload) => !event.ids.includes(upload.id) || isPending(upload));
    default:
      return uploads.map((upload) => (upload.id === event.id ? step(upload, event) : upload));
  }
}

type OwnEvent = Exclude<UploadEvent, { type: "added" | "dismissed" }>;

function step(upload: Upload, event: OwnEvent): Upload {
  switch (event.type) {
    case "started":
      if (upload.phase !== "waiting") return upload;
      return { ...upload, phase: upload.stored ? "confirming" : "preparing", problem: undefined };
    case "announced":
      if (upload.phase !== "preparing") return upload;
      return { ...upload, phase: "sending", documentId: event.documentId, sent: 0 };
    case "progressed":
      if (upload.phase !== "sending") return upload;
      return { ...upload, sent: Math.min(Math.max(event.sent, upload.sent), upload.size) };
    case "stored":
      if (upload.phase !== "sending") return upload;
      return { ...upload, phase: "confirming", sent: upload.size, stored: true };
    case "confirmed":
      return upload.phase === "confirming" ? { ...upload, phase: "done" } : upload;
    case "failed":
      return isActive(upload) ? { ...upload, phase: "failed", problem: event.problem } : upload;
    case "canceled":
      return isPending(upload) || upload.phase === "failed"
        ? { ...upload, phase: "canceled" }
        : upload;
    case "retried":
      if (upload.phase !== "failed" && upload.phase !== "canceled") return upload;
      return {
        ...upload,
        phase: "waiting",
        sent: upload.stored ? upload.size : 0,
        problem: undefined,
      };
  }
}

/** The uploads to start now, so that no more than `lanes` run at once. */
export function nextToStart(uploads: Uploads, lanes: number): Upload[] {
  const free = lanes - uploads.filter(isActive).length;
  return free > 0 ? uploads.filter((upload) => upload.phase === "waiting").slice(0, free) : [];
}

/** How far all of them are, by bytes, from 0 to 1. */
export function overallProgress(uploads: Uploads): number {
  const counted = uploads.filter((upload) => isPending(upload) || upload.phase === "done");
  const total = counted.reduce((sum, upload) => sum + Math.max(upload.size, 1), 0);
  const sent = counted.reduce(
    (sum, upload) => sum + (upload.phase === "done" ? Math.max(upload.size, 1) : upload.sent),
    0,
  );
  return total === 0 ? 0 : sent / total;
}

/** One sentence about all of them, for the ear. */
export function summarize(uploads: Uploads): string {
  if (uploads.length === 0) return "";
  const count = (phases: readonly Phase[]) =>
    uploads.filter((upload) => phases.includes(upload.phase)).length;
  const pending = uploads.filter(isPending).length;
  const parts = [
    pending > 0 ? `${pending} of ${uploads.length} uploads under way` : "",
    count(["done"]) > 0 ? `${count(["done"])} uploaded` : "",
    count(["failed"]) > 0 ? `${count(["failed"])} failed` : "",
    count(["rejected"]) > 0 ? `${count(["rejected"])} not accepted` : "",
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(", ")}.` : "";
}
