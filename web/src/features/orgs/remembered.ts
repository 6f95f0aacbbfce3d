import { readStored, writeStored } from "@/lib/storage";

const KEY = "bailiwick.slugs";
const ENTRIES_MAX = 50;

function all(): Array<[slug: string, clerkOrgId: string]> {
  try {
    const stored: unknown = JSON.parse(readStored("local", KEY) ?? "[]");
    return Array.isArray(stored)
      ? stored.filter((entry) => Array.isArray(entry) && entry.length === 2)
      : [];
  } catch {
    return [];
  }
}

/** Which organization a slug meant when this browser last saw it. */
export function recallSlug(slug: string): string | undefined {
  return all().find(([known]) => known === slug)?.[1];
}

/** Remembers it, so that an old bookmark still leads somewhere after a rename. */
export function rememberSlug(slug: string, clerkOrgId: string): void {
  const entries = all();
  if (entries[0]?.[0] === slug && entries[0][1] === clerkOrgId) return;
  const others = entries.filter(([known]) => known !== slug);
  writeStored("local", KEY, JSON.stringify([[slug, clerkOrgId], ...others].slice(0, ENTRIES_MAX)));
}
