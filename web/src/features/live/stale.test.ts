import type { ChangeEvent } from "@bailiwick/react";
import { describe, expect, it } from "vitest";
import { staleKeys } from "./stale";

const event = (changes: Partial<ChangeEvent>): ChangeEvent => ({
  kind: "documents",
  organizationId: "o1",
  userId: null,
  projectId: null,
  objectId: "x",
  ...changes,
});

describe("staleKeys", () => {
  it("names everything where something was missed", () => {
    expect(staleKeys(null, "me")).toEqual([[]]);
  });

  it("names what an event is about, and no other organization", () => {
    expect(staleKeys(event({ projectId: "p" }), "me")).toEqual([
      ["org", "o1", "projects"],
      ["org", "o1", "project", "p"],
      ["org", "o1", "audit"],
    ]);
    expect(staleKeys(event({ kind: "invitations" }), "me")).toEqual([
      ["org", "o1", "invitations"],
      ["org", "o1", "seats"],
      ["org", "o1", "audit"],
    ]);
  });

  it("names all of an organization where one's own membership changed", () => {
    expect(staleKeys(event({ kind: "memberships", userId: "me" }), "me")).toContainEqual([
      "org",
      "o1",
    ]);
    expect(staleKeys(event({ kind: "memberships", userId: "you" }), "me")).not.toContainEqual([
      "org",
      "o1",
    ]);
  });

  it("names the flags where one was switched, for everybody or for an organization", () => {
    const everybodys = event({ kind: "flags", organizationId: null });
    expect(staleKeys(everybodys, "me")).toEqual([["platform", "flags"]]);
    expect(staleKeys(event({ kind: "flags" }), "me")).toEqual([
      ["platform", "flags"],
      ["org", "o1", "audit"],
    ]);
  });

  it("names the account where it is one's own", () => {
    const users = (userId: string) => event({ kind: "users", organizationId: null, userId });
    expect(staleKeys(users("me"), "me")).toEqual([["me"], ["organizations"]]);
    expect(staleKeys(users("you"), "me")).toEqual([]);
  });

  it("takes a kind that it has never heard of for the name of what is shown", () => {
    expect(staleKeys(event({ kind: "approvals" }), "me")).toContainEqual([
      "org",
      "o1",
      "approvals",
    ]);
    expect(staleKeys(event({ kind: "tasks", organizationId: null }), "me")).toEqual([]);
  });
});
