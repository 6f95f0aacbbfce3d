import { describe, expect, it } from "vitest";
import type { Policy } from "@/api/types";
import { assignable, obstacle, type Viewer } from "./rights";

const role = (key: string, title: string, assigns: string[]) => ({
  key,
  title,
  assigns,
  access: null,
});

const policy: Policy = {
  name: "test",
  permissions: ["users:update"],
  pages: [],
  templates: [],
  roles: [
    role("owner", "Owner", ["owner", "admin", "member"]),
    role("admin", "Admin", ["admin", "member"]),
    role("member", "Member", []),
  ],
};

const viewer = (key: string | null, permissions = ["users:update"]): Viewer => ({
  userId: "me",
  role: key,
  may: (permission) => permissions.includes(permission),
});

const target = (key: string, userId = "you") => ({ userId, role: key });

describe("obstacle", () => {
  it("lets a role decide over those that it assigns", () => {
    expect(obstacle(policy, viewer("admin"), target("member"), "users:update")).toBeUndefined();
    expect(obstacle(policy, viewer("owner"), target("owner"), "users:update")).toBeUndefined();
    expect(obstacle(policy, viewer("admin"), target("owner"), "users:update")).toBe(
      "Your role does not decide over the role Owner.",
    );
  });

  it("names the permission that is missing, before anything else of the other", () => {
    expect(obstacle(policy, viewer("admin", []), target("owner"), "users:update")).toBe(
      "It takes the permission users:update.",
    );
  });

  it("lets nobody decide over themselves", () => {
    expect(obstacle(policy, viewer("owner"), target("owner", "me"), "users:update")).toContain(
      "Not to yourself",
    );
  });

  it("lets who operates the installation give every role", () => {
    expect(assignable(policy, viewer(null)).map(({ key }) => key)).toEqual([
      "owner",
      "admin",
      "member",
    ]);
    expect(assignable(policy, viewer("unknown"))).toEqual([]);
  });
});
