import { describe, expect, it } from "vitest";
import {
  nextToStart,
  overallProgress,
  reduce,
  summarize,
  type Upload,
  type UploadEvent,
  type Uploads,
} from "./machine";

const upload = (id: string, over: Partial<Upload> = {}): Upload => ({
  id,
  orgId: "o",
  projectId: "p",
  fileName: `${id}.pdf`,
  contentType: "application/pdf",
  size: 100,
  phase: "waiting",
  sent: 0,
  stored: false,
  ...over,
});

const run = (uploads: Uploads, ...events: UploadEvent[]) => events.reduce(reduce, uploads);
const only = (uploads: Uploads) => uploads[0];

describe("the way of one upload", () => {
  it("goes from waiting to done", () => {
    const phases: string[] = [];
    let state: Uploads = [upload("a")];
    const events: UploadEvent[] = [
      { type: "started", id: "a" },
      { type: "announced", id: "a", documentId: "d" },
      { type: "progressed", id: "a", sent: 60 },
      { type: "stored", id: "a" },
      { type: "confirmed", id: "a" },
    ];
    for (const event of events) {
      state = reduce(state, event);
      phases.push(only(state)?.phase ?? "");
    }
    expect(phases).toEqual(["preparing", "sending", "sending", "confirming", "done"]);
    expect(only(state)).toMatchObject({ sent: 100, documentId: "d", stored: true });
  });

  it("never counts backwards or beyond the end", () => {
    const state = run(
      [upload("a", { phase: "sending" })],
      { type: "progressed", id: "a", sent: 70 },
      { type: "progressed", id: "a", sent: 30 },
      { type: "progressed", id: "a", sent: 900 },
    );
    expect(only(state)?.sent).toBe(100);
  });

  it("begins anew after a failed sending", () => {
    const state = run(
      [upload("a", { phase: "sending", sent: 40 })],
      { type: "failed", id: "a", problem: "gone" },
      { type: "retried", id: "a" },
      { type: "started", id: "a" },
    );
    expect(only(state)).toMatchObject({ phase: "preparing", sent: 0, problem: undefined });
  });

  it("only confirms again where the bytes are stored", () => {
    const state = run(
      [upload("a", { phase: "confirming", stored: true, sent: 100 })],
      { type: "failed", id: "a", problem: "gone" },
      { type: "retried", id: "a" },
      { type: "started", id: "a" },
    );
    expect(only(state)).toMatchObject({ phase: "confirming", sent: 100 });
  });

  it("stays canceled whatever arrives late", () => {
    const state = run(
      [upload("a", { phase: "sending" })],
      { type: "canceled", id: "a" },
      { type: "progressed", id: "a", sent: 50 },
      { type: "stored", id: "a" },
      { type: "confirmed", id: "a" },
      { type: "failed", id: "a", problem: "aborted" },
    );
    expect(only(state)).toMatchObject({ phase: "canceled", sent: 0 });
  });

  it("does not retry what was rejected or is done", () => {
    for (const phase of ["rejected", "done"] as const) {
      expect(only(run([upload("a", { phase })], { type: "retried", id: "a" }))?.phase).toBe(phase);
    }
  });
});

describe("the queue", () => {
  it("keeps to its lanes, in order", () => {
    const many = Array.from({ length: 100 }, (_, n) => upload(String(n)));
    expect(nextToStart(many, 3).map(({ id }) => id)).toEqual(["0", "1", "2"]);
    const begun = run(many, { type: "started", id: "0" }, { type: "started", id: "1" });
    expect(nextToStart(begun, 3).map(({ id }) => id)).toEqual(["2"]);
    expect(nextToStart(run(begun, { type: "started", id: "2" }), 3)).toEqual([]);
  });

  it("frees the lane of a failed one", () => {
    const state = run(
      [upload("a"), upload("b")],
      { type: "started", id: "a" },
      { type: "failed", id: "a", problem: "x" },
    );
    expect(nextToStart(state, 1).map(({ id }) => id)).toEqual(["b"]);
  });

  it("dismisses only what is settled", () => {
    const state = [upload("a", { phase: "done" }), upload("b", { phase: "sending" })];
    expect(reduce(state, { type: "dismissed", ids: ["a", "b"] }).map(({ id }) => id)).toEqual([
      "b",
    ]);
  });

  it("weighs progress by bytes", () => {
    expect(overallProgress([])).toBe(0);
    expect(
      overallProgress([
        upload("a", { phase: "done", size: 300, sent: 300 }),
        upload("b", { phase: "sending", size: 100, sent: 0 }),
        upload("c", { phase: "failed", size: 9000 }),
      ]),
    ).toBe(0.75);
  });

  it("sums up for the ear", () => {
    expect(summarize([])).toBe("");
    expect(
      summarize([
        upload("a", { phase: "sending" }),
        upload("b", { phase: "done" }),
        upload("c", { phase: "failed" }),
        upload("d", { phase: "rejected" }),
      ]),
    ).toBe("1 of 4 uploads under way, 1 uploaded, 1 failed, 1 not accepted.");
  });
});
