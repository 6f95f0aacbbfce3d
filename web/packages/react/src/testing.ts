import type { Access } from "./access.js";

/** Somebody's access, for tests: an admin who may read and create projects. */
export function access(changes: Partial<Access> = {}): Access {
  return {
    user: {
      id: "user-1",
      email: "ada@example.com",
      fullName: "Ada",
      avatarUrl: null,
      platformRole: "none",
    },
    organization: { id: "org-1", slug: "acme", name: "Acme", role: "admin" },
    permissions: new Map([
      ["projects:read", "project"],
      ["projects:create", "all"],
    ]),
    pages: [
      { key: "overview", title: "Overview", actions: ["view"] },
      { key: "projects", title: "Projects", actions: ["view", "create"] },
    ],
    roles: [
      { key: "owner", title: "Owner", rank: 50 },
      { key: "admin", title: "Admin", rank: 40 },
      { key: "member", title: "Member", rank: 20 },
    ],
    ...changes,
  };
}
