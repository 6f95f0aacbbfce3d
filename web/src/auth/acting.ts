/** The time of day, for an end that is near. */
export function timeOf(iso: string, locale = "en-GB"): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "—";
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(date);
}

/** `12 minutes`, `1 minute`, `less than a minute`: how much is left until `iso`. */
export function minutesLeft(iso: string, now: Date): string {
  const minutes = Math.floor((Date.parse(iso) - now.getTime()) / 60_000);
  if (!(minutes >= 1)) return "less than a minute";
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
