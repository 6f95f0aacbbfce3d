/** One value of a record, before and after. */
export interface Difference {
  /** Where it stands: `name`, `pages.projects.view`. */
  path: string;
  before: string | undefined;
  after: string | undefined;
}

const DEPTH_MAX = 6;
const ROWS_MAX = 200;

/** What changed between two records: single values by their paths, in the order of the paths. Values that stayed are left out. */
export function differences(before: unknown, after: unknown): Difference[] {
  const [old, now] = [flatten(before), flatten(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((row) => row.before !== row.after)
    .slice(0, ROWS_MAX);
}

function flatten(value: unknown): Map<string, string> {
  const rows = new Map<string, string>();
  const walk = (part: unknown, path: string, depth: number) => {
    const isRecord = typeof part === "object" && part !== null && !Array.isArray(part);
    if (!isRecord || depth >= DEPTH_MAX) {
      if (part !== undefined && (path !== "" || part !== null)) rows.set(path, show(part));
      return;
    }
    for (const [key, inner] of Object.entries(part)) {
      walk(inner, path === "" ? key : `${path}.${key}`, depth + 1);
    }
  };
  walk(value, "", 0);
  return rows;
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
