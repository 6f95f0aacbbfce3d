import { describe, expect, it } from "vitest";
import { type ChangeEvent, EventFollower } from "./follower.js";

const CHANGE: ChangeEvent = {
  kind: "documents",
  organizationId: "o",
  userId: null,
  projectId: "p",
  objectId: "d",
};

const block = (event: string, id: string | undefined, data: unknown) =>
  `event: ${event}\n${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(data)}\n\n`;

function streamOf(...pieces: string[]): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ code }), { status, headers });

/** Plays answers one after the other, and notes what was asked, heard and waited for. */
function play(answers: Array<() => Response | Promise<Response>>, token: string | null = "t") {
  const asked: Array<{ lastId: string | null; authorization: string | null }> = [];
  const waits: number[] = [];
  const events: ChangeEvent[] = [];
  const tokens: boolean[] = [];
  let resets = 0;
  return new Promise<{
    asked: typeof asked;
    waits: number[];
    events: ChangeEvent[];
    tokens: boolean[];
    resets: number;
    end: string | undefined;
  }>((resolve) => {
    const finish = (end: string | undefined) => {
      follower.stop();
      resolve({ asked, waits, events, tokens, resets, end });
    };
    const follower = new EventFollower({
      url: "/api/v1/events",
      getToken: async ({ fresh }) => {
        tokens.push(fresh);
        return token;
      },
      onEvent: (event) => events.push(event),
      onReset: () => {
        resets += 1;
      },
      onEnd: finish,
      fetch: async (_, init) => {
        const headers = new Headers(init?.headers);
        asked.push({
          lastId: headers.get("last-event-id"),
          authorization: headers.get("authorization"),
        });
        const answer = answers.shift();
        if (!answer) {
          finish(undefined);
          throw new Error("nothing more to play");
        }
        return answer();
      },
      wait: async (ms) => {
        waits.push(ms);
      },
      random: () => 0.5,
    });
    follower.start();
    follower.start();
  });
}

describe("EventFollower", () => {
  it("hears events, and goes on where it stopped", async () => {
    const heard = await play([
      () => streamOf("retry: 1000\n\nid: 1-1\n\n", block("documents", "2-1", CHANGE)),
      () => streamOf(block("projects", "3-1", { ...CHANGE, kind: "projects" })),
    ]);
    expect(heard.events.map(({ kind }) => kind)).toEqual(["documents", "projects"]);
    expect(heard.asked.map(({ lastId }) => lastId)).toEqual([null, "2-1", "3-1"]);
    expect(heard.asked[0]?.authorization).toBe("Bearer t");
    expect(heard.waits).toEqual([1000, 1000]);
  });

  it("takes a new token when the stream's token has run out, without a pause", async () => {
    const heard = await play([
      () => streamOf(block("end", undefined, { code: "AUTH_INVALID_TOKEN" })),
      () => streamOf("id: 1-1\n\n"),
    ]);
    expect(heard.tokens.slice(0, 3)).toEqual([false, true, false]);
    expect(heard.waits[0]).toBe(1000);
  });

  it("is over when a fresh token is refused as well", async () => {
    const heard = await play([
      () => problem(401, "AUTH_INVALID_TOKEN"),
      () => problem(401, "AUTH_INVALID_TOKEN"),
    ]);
    expect(heard.tokens).toEqual([false, true]);
    expect(heard.end).toBe("AUTH_INVALID_TOKEN");
  });

  it.each([
    [
      "a membership that ended",
      () => streamOf(block("end", undefined, { code: "TENANT_ACCESS_DENIED" })),
      "TENANT_ACCESS_DENIED",
    ],
    ["a refusal", () => problem(403, "TENANT_ACCESS_DENIED"), "TENANT_ACCESS_DENIED"],
    ["an unknown path", () => new Response("", { status: 404 }), "HTTP_404"],
  ])("is over after %s", async (_, answer, code) => {
    const heard = await play([answer]);
    expect(heard.end).toBe(code);
    expect(heard.asked).toHaveLength(1);
  });

  it("asks nothing for nobody", async () => {
    const heard = await play([], null);
    expect(heard.end).toBe("AUTH_REQUIRED");
    expect(heard.asked).toEqual([]);
  });

  it("waits longer each time that the server fails, and as long as it asks", async () => {
    const down = () => problem(503, "UNAVAILABLE", { "retry-after": "5" });
    const lost = () => Promise.reject(new TypeError("network"));
    const heard = await play([lost, lost, lost, down, ...Array(5).fill(lost)]);
    expect(heard.waits).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000]);
    const asked = await play([down]);
    expect(asked.waits[0]).toBe(5000);
  });

  it("says that something was missed, and forgets a place that the server does not take", async () => {
    const heard = await play([
      () => streamOf(block("reset", "9-1", {})),
      () => problem(422, "VALIDATION_FAILED"),
      () => streamOf("id: 1-1\n\n"),
    ]);
    expect(heard.resets).toBe(1);
    expect(heard.asked.map(({ lastId }) => lastId)).toEqual([null, "9-1", null, "1-1"]);
  });

  it("steps back for a minute where there is one page too many", async () => {
    const heard = await play([() => streamOf(block("end", undefined, { code: "RATE_LIMITED" }))]);
    expect(heard.waits[0]).toBe(60_000);
  });

  it("leaves alone what it does not understand", async () => {
    const heard = await play([
      () => streamOf("event: documents\ndata: not json\n\n", "event: later\ndata: {}\n\n"),
    ]);
    expect(heard.events).toEqual([]);
  });
});
