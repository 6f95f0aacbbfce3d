/** Why something is not known, or not given. */
export interface Refusal {
  status: number;
  /** The machine-readable reason, such as `TENANT_ACCESS_DENIED`. */
  code: string;
  /** What to tell a person. */
  title: string;
  /** Where the membership is there and lets nobody in: suspended, or waiting for the end of another one. */
  barred?: "suspended" | "pending";
}

/** The server said no. Thrown by whoever loads. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  constructor(readonly refusal: Refusal) {
    super(`API error: ${refusal.status} ${refusal.code}`);
  }
}
