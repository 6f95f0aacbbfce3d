import { describe, expect, it, vi } from "vitest";
import type { Access } from "./access.js";
import { RefusedError } from "./refused.js";
import { AccessStore } from "./store.js";
import { access } from "./testing.js";

const event = (userId: string | null, kind = "memberships") => ({
  kind,
  organizationId: "org-1",
  userId,
  projectId: null,
  objectId: "m",
});

/** A store whose loads are answered by hand, in their order. */
function manual() {
  const waiting: Array<{ resolve(value: Access | null): void; reject(error: unknown): void }> = [];
  const store = new AccessStore(
    () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
  );
  const next = () => {
    const first = waiting.shift();
    if (!first) throw new Error("nobody asked");
    return first;
  };
  return { store, next, asked: () => waiting.length };
}

describe("AccessStore", () => {
  it("is loading, then ready, and tells who listens", async () => {
    const { store, next } = manual();
    const listener = vi.fn();
    store.subscribe(listener);
    expect(store.state().status).toBe("loading");
    const asking = store.refresh();
    next().resolve(access());
    await asking;
    expect(store.state()).toMatchObject({ status: "ready", isStale: false });
    expect(listener).toHaveBeenCalledOnce();
  });

  it("asks once more where something changed while it asked", async () => {
    const { store, next, asked } = manual();
    const asking = store.refresh();
    void store.refresh();
    void store.refresh();
    expect(asked()).toBe(1);
    next().resolve(access());
    await vi.waitFor(() => expect(asked()).toBe(1));
    next().resolve(access({ permissions: new Map() }));
    await asking;
    expect(store.state().access?.permissions.size).toBe(0);
    expect(asked()).toBe(0);
  });

  it("asks anew for what is about the caller, and for nothing else", async () => {
    const { store, next, asked } = manual();
    const asking = store.refresh();
    next().resolve(access());
    await asking;
    store.hear(event("somebody-else"));
    store.hear(event(null, "documents"));
    expect(asked()).toBe(0);
    store.hear(event("user-1"));
    expect(asked()).toBe(1);
    next().resolve(access());
    await vi.waitFor(() => expect(store.state().status).toBe("ready"));
    await Promise.resolve();
    store.hear(event(null, "organizations"));
    await vi.waitFor(() => expect(asked()).toBe(1));
  });

  it("takes an event for its own while it does not know who asks", async () => {
    const { store, next, asked } = manual();
    const asking = store.refresh();
    store.hear(event("user-1"));
    next().resolve(access());
    await vi.waitFor(() => expect(asked()).toBe(1));
    next().resolve(access({ permissions: new Map() }));
    await asking;
    expect(store.state().access?.permissions.size).toBe(0);
  });

  it("asks anew for who asks as soon as it has answered", async () => {
    const { store, next, asked } = manual();
    const end = store.subscribe(() => {
      end();
      queueMicrotask(() => void store.refresh());
    });
    void store.refresh();
    next().resolve(access());
    await vi.waitFor(() => expect(asked()).toBe(1));
  });

  it("takes everything away where the server refuses", async () => {
    const { store, next } = manual();
    const first = store.refresh();
    next().resolve(access());
    await first;
    const second = store.refresh();
    const refusal = { status: 403, code: "TENANT_ACCESS_DENIED", title: "Not a member" };
    next().reject(new RefusedError(refusal));
    await second;
    expect(store.state()).toEqual({ status: "refused", access: undefined, refusal });
  });

  it("keeps what it knows where the server cannot be reached, and asks again by itself", async () => {
    vi.useFakeTimers();
    const { store, next, asked } = manual();
    const first = store.refresh();
    next().reject(new TypeError("network"));
    await first;
    expect(store.state().status).toBe("failed");
    await vi.advanceTimersByTimeAsync(1000);
    next().resolve(access());
    await vi.advanceTimersByTimeAsync(0);
    expect(store.state()).toMatchObject({ status: "ready", isStale: false });
    const third = store.refresh();
    next().reject(new TypeError("network"));
    await third;
    expect(store.state()).toMatchObject({ status: "ready", isStale: true });
    store.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked()).toBe(0);
    vi.useRealTimers();
  });
});
