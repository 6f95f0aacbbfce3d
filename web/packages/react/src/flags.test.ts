import { describe, expect, it, vi } from "vitest";
import { FlagStore, type Flags } from "./flags.js";
import { RefusedError } from "./refused.js";

const ON: Flags = new Map([["new_editor", true]]);
const OFF: Flags = new Map([["new_editor", false]]);

/** A store whose loads are answered by hand, in their order. */
function manual(initial?: Flags) {
  const waiting: Array<{ resolve(value: Flags): void; reject(error: unknown): void }> = [];
  const store = new FlagStore(
    () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    initial,
  );
  const next = () => {
    const first = waiting.shift();
    if (!first) throw new Error("nobody asked");
    return first;
  };
  const is = (isOn: boolean) => vi.waitFor(() => expect(store.isOn("new_editor")).toBe(isOn));
  return { store, next, is, asked: () => waiting.length };
}

describe("FlagStore", () => {
  it("asks for who wants to know, whoever of them came first, and for nobody else", async () => {
    const { store, next, is, asked } = manual();
    store.start();
    store.refresh();
    expect(asked()).toBe(0);
    const first = vi.fn();
    store.subscribe(first);
    store.subscribe(vi.fn());
    expect(asked()).toBe(1);
    next().resolve(ON);
    await is(true);
    expect(first).toHaveBeenCalledOnce();
    const early = manual();
    early.store.subscribe(vi.fn());
    expect(early.asked()).toBe(0);
    early.store.start();
    expect(early.asked()).toBe(1);
  });

  it("has off what it does not know, and what is missing", async () => {
    const { store, next, is } = manual();
    expect(store.isOn("new_editor")).toBe(false);
    store.start();
    store.subscribe(vi.fn());
    next().resolve(ON);
    await is(true);
    expect(store.isOn("old_editor")).toBe(false);
    expect(store.isOn("constructor")).toBe(false);
  });

  it("follows the switch, and catches up where nobody looked meanwhile", async () => {
    const { store, next, is, asked } = manual(ON);
    store.start();
    const end = store.subscribe(vi.fn());
    next().resolve(ON);
    await is(true);
    store.refresh();
    next().resolve(OFF);
    await is(false);
    end();
    store.refresh();
    expect(asked()).toBe(0);
    store.subscribe(vi.fn());
    next().resolve(ON);
    await is(true);
    store.subscribe(vi.fn());
    expect(asked()).toBe(0);
  });

  it("has everything off where the server refuses, and keeps what it knows where it is away", async () => {
    vi.useFakeTimers();
    const { store, next, asked } = manual(ON);
    store.start();
    store.subscribe(vi.fn());
    next().reject(new TypeError("network"));
    await vi.advanceTimersByTimeAsync(0);
    expect(store.isOn("new_editor")).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    next().reject(new RefusedError({ status: 403, code: "TENANT_ACCESS_DENIED", title: "No" }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.isOn("new_editor")).toBe(false);
    expect(asked()).toBe(0);
    vi.useRealTimers();
  });

  it("asks no more once it is stopped", async () => {
    const { store, next, is, asked } = manual();
    store.start();
    store.subscribe(vi.fn());
    next().resolve(ON);
    await is(true);
    store.stop();
    store.refresh();
    expect(asked()).toBe(0);
    store.start();
    expect(asked()).toBe(1);
  });
});
