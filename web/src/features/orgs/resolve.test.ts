import { describe, expect, it } from "vitest";
import { resolveSlug } from "./resolve";

const known = [
  { clerkOrgId: "org_1", slug: "acme" },
  { clerkOrgId: "org_2", slug: "zenith" },
];
const clerk = [
  { id: "org_1", slug: "acme" },
  { id: "org_2", slug: "zenith" },
];

describe("resolveSlug", () => {
  it("finds what both sides know", () => {
    expect(resolveSlug("acme", known, clerk, undefined)).toEqual({ kind: "found", org: known[0] });
  });

  it("waits for what only Clerk knows yet", () => {
    expect(resolveSlug("new", known, [...clerk, { id: "org_3", slug: "new" }], undefined)).toEqual({
      kind: "arriving",
      clerkOrgId: "org_3",
    });
  });

  it("follows a new slug that the server has not heard of", () => {
    const renamed = [{ id: "org_1", slug: "acme-group" }];
    expect(resolveSlug("acme", known, renamed, undefined)).toEqual({
      kind: "renamed",
      slug: "acme-group",
    });
    expect(resolveSlug("acme-group", known, renamed, undefined)).toEqual({
      kind: "found",
      org: known[0],
    });
  });

  it("follows a slug remembered from an earlier visit", () => {
    expect(resolveSlug("acme-old", known, clerk, "org_1")).toEqual({
      kind: "renamed",
      slug: "acme",
    });
    expect(resolveSlug("acme-old", [], clerk, "org_1")).toEqual({ kind: "renamed", slug: "acme" });
  });

  it("takes the server's word where Clerk's list is not complete", () => {
    expect(resolveSlug("zenith", known, [], undefined)).toEqual({ kind: "found", org: known[1] });
  });

  it("does not know the organizations of others", () => {
    expect(resolveSlug("theirs", known, clerk, undefined)).toEqual({ kind: "unknown" });
    expect(resolveSlug("theirs", known, clerk, "org_9")).toEqual({ kind: "unknown" });
  });

  it("does not let a memory override an organization that carries the slug today", () => {
    expect(resolveSlug("zenith", known, clerk, "org_1")).toEqual({ kind: "found", org: known[1] });
  });
});
