import { describe, expect, it, vi } from "vitest";
import { ApiError, NetworkError } from "@/api/errors";
import type { Upload } from "./machine";
import { type UploadPorts, UploadQueue } from "./queue";
import { StoreRefusal } from "./transport";

const upload = (id: string, over: Partial<Upload> = {}): Upload => ({
  id,
  orgId: "o",
  projectId: "p",
  fileName: id,
  contentType: "text/plain",
  size: 3,
  phase: "waiting",
  sent: 0,
  stored: false,
  ...over,
});

const file = new Blob(["abc"]);
const refusal = (status: number, code: string, retryAfterMs?: number) =>
  new ApiError(status, code, code, undefined, undefined, [], retryAfterMs);

function world(over: Partial<Pick<UploadPorts, "put" | "confirm">> = {}) {
  let keys = 0;
  const ports = {
    checksum: vi.fn<UploadPorts["checksum"]>(async () => "00"),
    announce: vi.fn<UploadPorts["announce"]>(async (one) => ({
      documentId: `doc-${one.id}`,
      presignedUrl: "http://store.invalid/x",
      expiresIn: 3600,
      headers: {},
    })),
    put: vi.fn<UploadPorts["put"]>(over.put ?? (async () => "stored")),
    confirm: vi.fn<UploadPorts["confirm"]>(over.confirm ?? (async () => ({}))),
    withdraw: vi.fn<UploadPorts["withdraw"]>(async () => ({})),
    pause: vi.fn<UploadPorts["pause"]>(async () => {}),
    key: vi.fn<UploadPorts["key"]>(() => `key-${++keys}`),
  };
  const done: string[] = [];
  const queue = new UploadQueue(3, (one) => done.push(one.id));
  const phase = (id: string) => queue.snapshot().find((one) => one.id === id)?.phase;
  const reach = (id: string, wanted: string) => vi.waitFor(() => expect(phase(id)).toBe(wanted));
  return { ports, queue, done, phase, reach };
}

describe("UploadQueue", () => {
  it("announces with the checksum, sends, confirms", async () => {
    const { ports, queue, done, reach } = world();
    queue.add([{ upload: upload("a"), file }], ports);
    await reach("a", "done");
    expect(ports.announce).toHaveBeenCalledWith(
      expect.objectContaining({ id: "a" }),
      "00",
      "key-1",
    );
    expect(ports.confirm).toHaveBeenCalledWith("doc-a");
    expect(done).toEqual(["a"]);
  });

  it("runs a hundred files through three lanes", async () => {
    let active = 0;
    let most = 0;
    const { ports, queue, done } = world({
      put: async () => {
        active += 1;
        most = Math.max(most, active);
        await Promise.resolve();
        active -= 1;
        return "stored";
      },
    });
    queue.add(
      Array.from({ length: 100 }, (_, n) => ({ upload: upload(String(n)), file })),
      ports,
    );
    await vi.waitFor(() => expect(done).toHaveLength(100));
    expect(most).toBe(3);
  });

  it("keeps the key and starts from the announcement after a broken connection", async () => {
    const put = vi.fn().mockRejectedValueOnce(new NetworkError("gone")).mockResolvedValue("stored");
    const { ports, queue, reach } = world({ put });
    queue.add([{ upload: upload("a"), file }], ports);
    await reach("a", "failed");
    expect(queue.snapshot()[0]?.problem).toBe("The connection broke off. Try again.");
    queue.retry("a");
    await reach("a", "done");
    expect(ports.announce.mock.calls.map((call) => call[2])).toEqual(["key-1", "key-1"]);
    expect(ports.checksum).toHaveBeenCalledTimes(1);
  });

  it("takes a new key where the first document is gone", async () => {
    const put = vi.fn().mockRejectedValueOnce(new StoreRefusal(500)).mockResolvedValue("stored");
    const { ports, queue, reach } = world({ put });
    queue.add([{ upload: upload("a"), file }], ports);
    await reach("a", "failed");
    ports.announce.mockRejectedValueOnce(refusal(409, "CONFLICT_DOCUMENT_STATE"));
    queue.retry("a");
    await reach("a", "done");
    expect(ports.announce.mock.calls.map((call) => call[2])).toEqual(["key-1", "key-1", "key-2"]);
  });

  it("confirms where the store already holds the bytes", async () => {
    const { ports, queue, reach } = world({ put: async () => "already-there" });
    queue.add([{ upload: upload("a"), file }], ports);
    await reach("a", "done");
    expect(ports.confirm).toHaveBeenCalledOnce();
  });

  it("does not send again what is stored", async () => {
    const confirm = vi.fn().mockRejectedValueOnce(refusal(409, "CONFLICT")).mockResolvedValue({});
    const { ports, queue, reach } = world({ confirm });
    queue.add([{ upload: upload("a"), file }], ports);
    await reach("a", "failed");
    queue.retry("a");
    await reach("a", "done");
    expect(ports.put).toHaveBeenCalledTimes(1);
  });

  it("waits as long as the server asks", async () => {
    const confirm = vi
      .fn()
      .mockRejectedValueOnce(refusal(429, "RATE_LIMITED", 7000))
      .mockResolvedValue({});
    const { ports, queue, reach } = world({ confirm });
    queue.add([{ upload: upload("a"), file }], ports);
    await reach("a", "done");
    expect(ports.pause).toHaveBeenCalledWith(7000);
  });

  it("cancels, withdraws the document, and lets the next one in", async () => {
    const put = vi.fn(
      (_answer: unknown, _file: unknown, signal: AbortSignal) =>
        new Promise<"stored">((resolve, reject) => {
          if (put.mock.calls.length > 1) return resolve("stored");
          signal.addEventListener("abort", () => reject(new DOMException("x", "AbortError")));
        }),
    );
    const { ports, queue, reach, phase } = world({ put });
    queue.add([{ upload: upload("a"), file }], ports);
    await reach("a", "sending");
    queue.cancel("a");
    expect(phase("a")).toBe("canceled");
    expect(ports.withdraw).toHaveBeenCalledWith("doc-a");
    queue.add([{ upload: upload("b"), file }], ports);
    await reach("b", "done");
    expect(phase("a")).toBe("canceled");
  });

  it("never starts what was rejected", async () => {
    const { ports, queue, reach, phase } = world();
    queue.add(
      [
        { upload: upload("bad", { phase: "rejected", problem: "Too large" }), file },
        { upload: upload("good"), file },
      ],
      ports,
    );
    await reach("good", "done");
    expect(phase("bad")).toBe("rejected");
    expect(ports.announce).toHaveBeenCalledTimes(1);
    queue.dismiss(["bad", "good"]);
    expect(queue.snapshot()).toEqual([]);
  });
});
