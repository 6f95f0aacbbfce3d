import type { Problem, Refusal } from "./types";

/** The server answered, and the answer was a refusal. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    /** The machine-readable reason, such as `PERMISSION_DENIED`. */
    readonly code: string,
    /** What to tell a person. */
    readonly title: string,
    readonly detail: string | undefined,
    readonly requestId: string | undefined,
    readonly fields: ReadonlyArray<{ field: string; message: string }>,
    /** How long the server asks us to wait, in milliseconds. */
    readonly retryAfterMs: number | undefined,
    /** What would have been needed, where the caller is not allowed. */
    readonly refusal?: Refusal,
  ) {
    super(`API error: ${status} ${code}`);
  }

  /** The complaint about one field of a form, if there is one. */
  forField(field: string): string | undefined {
    return this.fields.find((entry) => entry.field === field)?.message;
  }
}

/** The server was not reached at all. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";

  constructor(cause: unknown) {
    super("The server could not be reached.", { cause });
  }
}

/** Makes an error of an answer, whatever its body turned out to be. */
export function toApiError(response: Response, body: unknown): ApiError {
  const problem = isProblem(body) ? body : undefined;
  return new ApiError(
    response.status,
    problem?.code ?? fallbackCode(response.status),
    problem?.title ?? fallbackTitle(response.status),
    problem?.detail ?? undefined,
    problem?.requestId ?? response.headers.get("x-request-id") ?? undefined,
    problem?.errors ?? [],
    parseRetryAfter(response.headers.get("retry-after"), new Date()),
    problem?.refusal,
  );
}

/** Reads `Retry-After` in both its forms: seconds or a date. In milliseconds, at most ten minutes. */
export function parseRetryAfter(value: string | null, now: Date): number | undefined {
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value.trim())
    ? Number(value)
    : (Date.parse(value) - now.getTime()) / 1000;
  if (!Number.isFinite(seconds)) return undefined;
  return Math.min(Math.max(seconds, 0), 600) * 1000;
}

/** Whether the tenant is still being made ready; waiting helps. */
export function isProvisioning(error: unknown): boolean {
  return error instanceof ApiError && error.code === "TENANT_PROVISIONING";
}

/** Whether trying the same again may help. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return (
    error instanceof ApiError &&
    (error.status === 429 || (error.status >= 500 && error.status !== 501))
  );
}

/** One sentence for a person, whatever went wrong. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError) return error.detail ?? error.title;
  if (error instanceof NetworkError)
    return "The server could not be reached. Check the connection and try again.";
  return "Something unexpected happened.";
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" && body !== null && "code" in body && typeof body.code === "string"
  );
}

function fallbackCode(status: number): string {
  if (status === 401) return "AUTH_REQUIRED";
  if (status === 403) return "PERMISSION_DENIED";
  if (status === 404) return "NOT_FOUND";
  if (status === 429) return "RATE_LIMITED";
  return status >= 500 ? "UNAVAILABLE" : "UNKNOWN";
}

function fallbackTitle(status: number): string {
  if (status === 401) return "You are not signed in";
  if (status === 403) return "You may not do this";
  if (status === 404) return "This does not exist";
  if (status === 429) return "Too many requests";
  return status >= 500 ? "The server has a problem" : "The request was refused";
}
