import { describe, expect, it } from "vitest";
import { noSeat, readAddresses, whyNot } from "./invite";

describe("readAddresses", () => {
  it("takes addresses as people write them, each once", () => {
    const text =
      "ada@example.com, Grace Hopper <grace@example.com>;\nADA@example.com  mary@example.org";
    expect(readAddresses(text)).toEqual({
      good: ["ada@example.com", "grace@example.com", "mary@example.org"],
      bad: [],
    });
  });

  it("names what is none", () => {
    expect(readAddresses("ada@, @example.com, nobody, a@b.c")).toEqual({
      good: ["a@b.c"],
      bad: ["ada@", "@example.com", "nobody"],
    });
    expect(readAddresses("  \n, ;")).toEqual({ good: [], bad: [] });
  });
});

describe("whyNot", () => {
  it("has words for what is usual, and the code for the rest", () => {
    expect(whyNot("CONFLICT_ALREADY_EXISTS")).toContain("already");
    expect(whyNot("SOMETHING_NEW")).toBe("was refused (SOMETHING_NEW)");
  });
});

describe("noSeat", () => {
  it("says why nobody more can be invited, once that is known", () => {
    expect(noSeat(undefined)).toBeUndefined();
    expect(noSeat({ taken: 1, max: 2 })).toBeUndefined();
    expect(noSeat({ taken: 2, max: 2 })).toMatch(/^The plan allows 2 people, /);
    expect(noSeat({ taken: 5, max: 1 })).toMatch(/^The plan allows one person, /);
  });
});
