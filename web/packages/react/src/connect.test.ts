import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect } from "./connect.js";
import { FlagStore } from "./flags.js";
import type { ChangeEvent } from "./follower.js";
import { AccessStore } from "./store.js";
import { access } from "./testing.js";

const CHANGE: ChangeEvent = {
  kind: "flags",
  organizationId: null,
  userId: null,
  projectId: null,
  objectId: "new_editor",
};

/** The stream of a server that says what the test says. */
function stream() {
  const encoder = new TextEncoder();
  let say = (_: Uint8Array) => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      say = (bytes) => controller.enqueue(bytes);
    },
  });
  const tell = (event: string, data: unknown) =>
    say(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  return { response: new Response(body), tell };
}

/** Everything that a provider shares, connected to a server that counts what it is asked. */
function connected() {
  const asked = { access: 0, flags: 0 };
  const { response, tell } = stream();
  vi.stubGlobal("fetch", async () => response);
  const shared = {
    store: new AccessStore(async () => {
      asked.access += 1;
      return access();
    }),
    flags: new FlagStore(async () => {
      asked.flags += 1;
      return new Map([["new_editor", asked.flags > 1]]);
    }),
    listeners: new Set([vi.fn()]),
  };
  shared.flags.subscribe(() => {});
  const end = connect(shared, { baseUrl: "", getToken: async () => "t", live: true });
  return { ...shared, asked, tell, end };
}

beforeEach(() => {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("document", document);
});
afterEach(() => vi.unstubAllGlobals());

describe("connect", () => {
  it("looks at the flags when one was switched, and at nothing else", async () => {
    const { flags, asked, tell, listeners, end } = connected();
    await vi.waitFor(() => expect(asked).toEqual({ access: 1, flags: 1 }));
    expect(flags.isOn("new_editor")).toBe(false);
    tell("flags", CHANGE);
    await vi.waitFor(() => expect(flags.isOn("new_editor")).toBe(true));
    expect(asked).toEqual({ access: 1, flags: 2 });
    for (const listener of listeners) expect(listener).toHaveBeenCalledExactlyOnceWith(CHANGE);
    end();
  });

  it("looks at both where one's own membership changed, or something was missed", async () => {
    const { store, asked, tell, listeners, end } = connected();
    await vi.waitFor(() => expect(store.state().status).toBe("ready"));
    tell("memberships", { ...CHANGE, kind: "memberships", userId: "user-1" });
    await vi.waitFor(() => expect(asked).toEqual({ access: 2, flags: 2 }));
    tell("reset", {});
    await vi.waitFor(() => expect(asked).toEqual({ access: 3, flags: 3 }));
    for (const listener of listeners) expect(listener).toHaveBeenLastCalledWith(null);
    end();
  });

  it("leaves both alone for what is about others", async () => {
    const { store, asked, tell, listeners, end } = connected();
    await vi.waitFor(() => expect(store.state().status).toBe("ready"));
    tell("memberships", { ...CHANGE, kind: "memberships", userId: "user-2" });
    const [listener] = listeners;
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce());
    expect(asked).toEqual({ access: 1, flags: 1 });
    end();
  });
});
