const LENGTH_MAX = 200;

/** A text of an address's query; absent where it is empty or no text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, LENGTH_MAX) : undefined;
}

/** One of several texts of an address's query; absent where it is another one. */
export function oneOf<T extends string>(value: unknown, all: readonly T[]): T | undefined {
  return all.find((one) => one === value);
}
