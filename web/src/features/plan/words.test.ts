import { describe, expect, it } from "vitest";
import type { Organization } from "@/api/types";
import { planName, seatsNotice } from "./words";

describe("planName", () => {
  it("is the provider's word, and the tier where there is none", () => {
    const org = (planSlug: string | null, tier: "starter" | "pro") =>
      ({ planSlug, tier }) as Organization;
    expect(planName(org("pro", "starter"))).toBe("Pro");
    expect(planName(org("very_large-team", "pro"))).toBe("Very large team");
    expect(planName(org(null, "pro"))).toBe("Pro");
    expect(planName(org(null, "starter"))).toBe("Starter");
  });
});

describe("seatsNotice", () => {
  it("is silent while there is room, and tells full from crowded", () => {
    expect(seatsNotice(undefined)).toBeUndefined();
    expect(seatsNotice(null)).toBeUndefined();
    expect(seatsNotice({ taken: 1, max: 2 })).toBeUndefined();
    expect(seatsNotice({ taken: 2, max: 2 })?.title).toBe("Every seat is taken");
    expect(seatsNotice({ taken: 1, max: 1 })?.text).toContain("room for one person,");
    expect(seatsNotice({ taken: 6, max: 2 })?.text).toContain("Nobody loses access");
  });
});
