const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** A byte count for people, in powers of 1024: `812 B`, `1.4 MB`, `25 MB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return "—";
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const rounded = unit === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${rounded} ${UNITS[unit]}`;
}

const STEPS: ReadonlyArray<
  [limitSeconds: number, unit: Intl.RelativeTimeFormatUnit, divisor: number]
> = [
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [7 * 86_400, "day", 86_400],
  [30 * 86_400, "week", 7 * 86_400],
  [365 * 86_400, "month", 30 * 86_400],
  [Number.POSITIVE_INFINITY, "year", 365 * 86_400],
];

/** How long ago `iso` was, seen from `now`: `just now`, `5 minutes ago`, `last week`. */
export function formatAgo(iso: string, now: Date, locale = "en"): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000);
  if (Number.isNaN(seconds)) return "—";
  const distance = Math.abs(seconds);
  if (distance < 45) return "just now";
  const step = STEPS.find(([limit]) => distance < limit) ?? STEPS[STEPS.length - 1];
  if (!step) return "—";
  const [, unit, divisor] = step;
  const amount = Math.round(seconds / divisor) || Math.sign(seconds);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(amount, unit);
}

/** The date alone, spelled out: `20 November 2026`. */
export function formatDate(iso: string, locale = "en-GB"): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "—";
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(date);
}

/** Date and time in the reader's own zone. */
export function formatDateTime(iso: string, locale = "en-GB"): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "—";
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(date);
}

/** `1 project`, `3 projects`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${new Intl.NumberFormat("en").format(count)} ${count === 1 ? one : many}`;
}

/** Up to two initials of a name or an e-mail address, for a picture that is missing. */
export function initials(name: string): string {
  const words = (name.split("@")[0] ?? "").split(/[\s._-]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : undefined]
    .map((word) => (word ? [...word][0] : undefined))
    .filter((letter) => letter !== undefined);
  return letters.join("").toUpperCase() || "?";
}

/** The part of a day as a greeting. */
export function greeting(now: Date): string {
  const hour = now.getHours();
  if (hour < 5) return "Good night";
  if (hour < 12) return "Good morning";
  if (hour < 18) return "Good afternoon";
  return "Good evening";
}
