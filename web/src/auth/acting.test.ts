import { describe, expect, it } from "vitest";
import { minutesLeft, timeOf } from "./acting";

describe("how much is left", () => {
  const end = "2026-11-20T12:00:00Z";
  it.each([
    ["2026-11-20T11:30:00Z", "30 minutes"],
    ["2026-11-20T11:58:59Z", "1 minute"],
    ["2026-11-20T11:59:30Z", "less than a minute"],
    ["2026-11-20T12:10:00Z", "less than a minute"],
  ])("at %s", (now, left) => {
    expect(minutesLeft(end, new Date(now))).toBe(left);
  });
  it("is nothing where the end cannot be read", () => {
    expect(minutesLeft("soon", new Date(end))).toBe("less than a minute");
    expect(timeOf("soon")).toBe("—");
  });
});
