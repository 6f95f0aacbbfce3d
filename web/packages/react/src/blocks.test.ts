import { describe, expect, it } from "vitest";
import { BlockReader } from "./blocks.js";

const STREAM =
  'retry: 1000\n\n: a comment\n\nevent: documents\nid: 7-1\ndata: {"kind":"documents"}\n\nid: 8-2\n\ndata: a\ndata: b\n\n';

describe("BlockReader", () => {
  it("reads the same blocks however the text is cut", () => {
    const expected = [
      { event: "documents", id: "7-1", data: '{"kind":"documents"}' },
      { event: "", id: "8-2", data: "" },
      { event: "", id: undefined, data: "a\nb" },
    ];
    expect(new BlockReader().push(STREAM)).toEqual(expected);
    for (let size = 1; size < 9; size += 1) {
      const reader = new BlockReader();
      const blocks = [];
      for (let at = 0; at < STREAM.length; at += size) {
        blocks.push(...reader.push(STREAM.slice(at, at + size)));
      }
      expect(blocks, `pieces of ${size}`).toEqual(expected);
    }
  });

  it("takes every kind of line end", () => {
    expect(new BlockReader().push("id: 1\r\nevent: x\r\n\r\nid: 2\r\r")).toEqual([
      { event: "x", id: "1", data: "" },
      { event: "", id: "2", data: "" },
    ]);
  });

  it("does not hold what never ends", () => {
    const reader = new BlockReader();
    expect(() => {
      for (let n = 0; n < 100; n += 1) reader.push("x".repeat(1000));
    }).toThrow("without an end");
  });
});
