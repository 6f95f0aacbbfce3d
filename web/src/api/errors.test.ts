import { describe, expect, it } from "vitest";
import {
  ApiError,
  isProvisioning,
  isTransient,
  NetworkError,
  parseRetryAfter,
  toApiError,
} from "./errors";

const answer = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, headers });

describe("parseRetryAfter", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  it.each([
    ["2", 2000],
    ["0", 0],
    ["Thu, 01 Jan 2026 00:00:05 GMT", 5000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["86400", 600_000],
    ["soon", undefined],
    [null, undefined],
  ])("%s -> %s", (value, expected) => expect(parseRetryAfter(value, now)).toBe(expected));
});

describe("toApiError", () => {
  it("reads a problem", () => {
    const error = toApiError(answer(422), {
      type: "about:blank",
      title: "The input is not valid",
      status: 422,
      code: "VALIDATION_FAILED",
      requestId: "r1",
      errors: [{ field: "name", message: "is required" }],
    });
    expect(error).toMatchObject({ status: 422, code: "VALIDATION_FAILED", requestId: "r1" });
    expect(error.forField("name")).toBe("is required");
    expect(error.forField("description")).toBeUndefined();
    expect(error.message).toBe("API error: 422 VALIDATION_FAILED");
  });

  it("copes with an answer that is none", () => {
    const error = toApiError(answer(502, { "retry-after": "3" }), "<html>");
    expect(error).toMatchObject({ status: 502, code: "UNAVAILABLE", retryAfterMs: 3000 });
  });
});

describe("what may be tried again", () => {
  it("knows the difference", () => {
    expect(isTransient(new NetworkError(new TypeError("x")))).toBe(true);
    expect(isTransient(toApiError(answer(429), null))).toBe(true);
    expect(isTransient(toApiError(answer(503), null))).toBe(true);
    expect(isTransient(toApiError(answer(403), null))).toBe(false);
    expect(isTransient(new Error("bug"))).toBe(false);
    expect(
      isProvisioning(new ApiError(503, "TENANT_PROVISIONING", "", undefined, undefined, [], 1)),
    ).toBe(true);
    expect(isProvisioning(toApiError(answer(503), null))).toBe(false);
  });
});
