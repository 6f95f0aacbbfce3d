import { describe, expect, it } from "vitest";
import { contentTypeOf, isAllowed, rejection } from "./accept";

describe("contentTypeOf", () => {
  it.each([
    [{ name: "a.pdf", type: "application/pdf" }, "application/pdf"],
    [{ name: "a.txt", type: "text/plain;charset=utf-8" }, "text/plain"],
    [{ name: "NOTES.MD", type: "" }, "text/markdown"],
    [{ name: "a.zip", type: "application/x-zip-compressed" }, "application/zip"],
    [{ name: "unknown", type: "" }, "application/octet-stream"],
  ])("%j -> %s", (file, expected) => expect(contentTypeOf(file)).toBe(expected));
});

describe("rejection", () => {
  const rules = { maxUploadBytes: 1024, allowedContentTypes: ["application/pdf", "image/*"] };
  it.each([
    [{ name: "a.pdf", type: "application/pdf", size: 1024 }, undefined],
    [{ name: "a.heic", type: "image/heic", size: 1 }, undefined],
    [{ name: "a.pdf", type: "application/pdf", size: 0 }, "The file is empty."],
    [
      { name: "a.pdf", type: "application/pdf", size: 2048 },
      "Too large: 2 KB, and at most 1 KB are accepted.",
    ],
    [
      { name: "a.exe", type: "application/x-msdownload", size: 5 },
      "Files of this type are not accepted.",
    ],
  ])("%j -> %s", (file, expected) => expect(rejection(file, rules)).toBe(expected));

  it("takes everything where nothing is named", () => {
    expect(isAllowed("application/x-anything", [])).toBe(true);
    expect(isAllowed("imagexyz/png", ["image/*"])).toBe(false);
  });
});
