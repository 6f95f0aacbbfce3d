import { planTitle } from "@/api/needs";
import type { Organization, Seats } from "@/api/types";
import { tierName } from "@/features/orgs/words";
import { formatDate } from "@/lib/format";

/** The plan that an organization is on, as people read it: an operator may have chosen the tier without one. */
export function planName(org: Organization): string {
  return org.planSlug ? planTitle(org.planSlug) : tierName(org.tier);
}

/** When the plan ends, where that is known. */
export function endOf(org: Organization): string | undefined {
  return org.planUntil ? `until ${formatDate(org.planUntil)}` : undefined;
}

/** How many people there may be. */
export function people(count: number): string {
  return count === 1 ? "one person" : `${count} people`;
}

/** What a full or crowded organization means for who invites; nothing where there is room. */
export function seatsNotice(
  seats: Seats | null | undefined,
): { title: string; text: string } | undefined {
  if (!seats || seats.taken < seats.max) return undefined;
  const whole = "whoever is invited included";
  if (seats.taken === seats.max) {
    return {
      title: "Every seat is taken",
      text: `The plan has room for ${people(seats.max)}, ${whole}. Nobody more can be invited until a seat is free.`,
    };
  }
  return {
    title: `More people than the plan has room for`,
    text: `There are ${seats.taken}, ${whole}, and the plan has room for ${people(seats.max)}. Nobody loses access; nobody more can be invited until there are fewer, or the plan has more room.`,
  };
}
