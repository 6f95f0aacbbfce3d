import type { Seats } from "@/api/types";

/** One request invites so many people at most. */
export const INVITED_MAX = 50;

const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/;

/** What stands in a field for several addresses. */
export interface Addresses {
  /** Well-formed, each once, as they were written. */
  good: string[];
  /** What is no address. */
  bad: string[];
}

/** Reads addresses as people write them: by commas, semicolons, blanks or lines, with names in front or without. */
export function readAddresses(text: string): Addresses {
  const found: Addresses = { good: [], bad: [] };
  const seen = new Set<string>();
  const parts = text.split(/[\n,;]+/).flatMap((part) => {
    const named = /<([^<>]*)>/.exec(part);
    return named?.[1] !== undefined ? [named[1]] : part.split(/\s+/);
  });
  for (const part of parts.map((part) => part.trim()).filter(Boolean)) {
    const key = part.toLowerCase();
    if (seen.has(key)) continue;
    seen.add(key);
    (ADDRESS.test(part) ? found.good : found.bad).push(part);
  }
  return found;
}

/** Why nobody more can be invited; nothing where somebody can, and while that is not known. */
export function noSeat(seats: Seats | undefined): string | undefined {
  if (!seats || seats.taken < seats.max) return undefined;
  const most = seats.max === 1 ? "one person" : `${seats.max} people`;
  return `The plan allows ${most}, whoever is invited included. Take an invitation back, remove a member, or move to a plan with room for more.`;
}

const CODES: Record<string, string> = {
  CONFLICT_ALREADY_EXISTS: "is a member or invited already",
  CONFLICT: "is a member or invited already",
  VALIDATION_FAILED: "is no address",
  PERMISSION_DENIED: "would get a role above yours",
  PERMISSION_ROLE_INSUFFICIENT: "would get a role above yours",
  PLAN_LIMIT_EXCEEDED: "is beyond what the plan allows",
};

/** Why an address was not invited, by the server's code. */
export function whyNot(code: string): string {
  return CODES[code] ?? `was refused (${code})`;
}
