import { describe, expect, it } from "vitest";
import { formatAgo, formatBytes, formatCount, greeting, initials } from "./format";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KB"],
    [1536, "1.5 KB"],
    [26_214_400, "25 MB"],
    [157_286_400, "150 MB"],
    [5 * 1024 ** 4, "5 TB"],
    [Number.NaN, "—"],
    [-1, "—"],
  ])("%d -> %s", (bytes, expected) => expect(formatBytes(bytes)).toBe(expected));
});

describe("formatAgo", () => {
  const now = new Date("2026-03-10T12:00:00Z");
  it.each([
    ["2026-03-10T11:59:40Z", "just now"],
    ["2026-03-10T11:55:00Z", "5 minutes ago"],
    ["2026-03-10T09:00:00Z", "3 hours ago"],
    ["2026-03-09T11:00:00Z", "yesterday"],
    ["2026-02-28T12:00:00Z", "last week"],
    ["2025-01-01T12:00:00Z", "last year"],
    ["nonsense", "—"],
  ])("%s -> %s", (iso, expected) => expect(formatAgo(iso, now)).toBe(expected));
});

describe("initials", () => {
  it.each([
    ["Ada Lovelace", "AL"],
    ["ada.lovelace@example.com", "AL"],
    ["prince", "P"],
    ["", "?"],
  ])("%s -> %s", (name, expected) => expect(initials(name)).toBe(expected));
});

describe("formatCount", () => {
  it("knows one from many", () => {
    expect(formatCount(1, "project")).toBe("1 project");
    expect(formatCount(0, "project")).toBe("0 projects");
    expect(formatCount(1200, "person", "people")).toBe("1,200 people");
  });
});

describe("greeting", () => {
  it("follows the clock", () => {
    expect(greeting(new Date(2026, 0, 1, 8))).toBe("Good morning");
    expect(greeting(new Date(2026, 0, 1, 13))).toBe("Good afternoon");
    expect(greeting(new Date(2026, 0, 1, 22))).toBe("Good evening");
    expect(greeting(new Date(2026, 0, 1, 2))).toBe("Good night");
  });
});
