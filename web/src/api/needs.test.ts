import { describe, expect, it } from "vitest";
import { reasonName, sentences } from "./needs";

const refusal = (changes: object) => ({
  reason: "not_granted",
  roles: [] as string[],
  projectRoles: [] as string[],
  grants: [] as string[],
  ...changes,
});

describe("sentences", () => {
  it("says who holds it, on a project and off it, and what can be granted", () => {
    const policy = {
      name: "t",
      permissions: [],
      templates: [],
      roles: [{ key: "owner", title: "The owner", assigns: [], access: null }],
      pages: [
        {
          key: "projects",
          title: "Projects",
          group: "",
          isAlwaysAccessible: false,
          actions: ["view" as const],
        },
      ],
    };
    const full = refusal({
      roles: ["owner", "admin"],
      projectRoles: ["lead", "contributor"],
      grants: ["projects:create", "elsewhere:edit"],
    });
    expect(sentences(full, policy)).toEqual([
      "The owner and Admin hold it by role.",
      "On a project, a lead or contributor holds it.",
      "It can be granted: “create” on Projects or “edit” on elsewhere.",
    ]);
  });

  it("says nothing of what nobody knows", () => {
    expect(sentences(refusal({}), undefined)).toEqual([]);
    expect(sentences(refusal({ roles: ["viewer"] }), undefined)).toEqual([
      "Viewer holds it by role.",
    ]);
  });

  it("has words for reasons that are no missing permission", () => {
    expect(reasonName(refusal({ reason: "own_request" }))).toContain("themselves");
    expect(reasonName(refusal({}))).toBeUndefined();
  });
});
