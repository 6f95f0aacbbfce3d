/** Reads a stored text; a closed or broken storage is the same as an empty one. */
export function readStored(storage: "local" | "session", key: string): string | undefined {
  try {
    return area(storage).getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores a text, or removes it; says whether that worked (a private window may refuse). */
export function writeStored(
  storage: "local" | "session",
  key: string,
  value: string | undefined,
): boolean {
  try {
    if (value === undefined) area(storage).removeItem(key);
    else area(storage).setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

function area(storage: "local" | "session"): Storage {
  return storage === "local" ? window.localStorage : window.sessionStorage;
}
