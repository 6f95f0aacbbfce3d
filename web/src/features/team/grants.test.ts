import { describe, expect, it } from "vitest";
import { isGranted, isSame, switched, withTemplate } from "./grants";

const grant = (...actions: string[]) => ({
  view: actions.includes("view"),
  create: actions.includes("create"),
  edit: actions.includes("edit"),
  delete: actions.includes("delete"),
  approve: actions.includes("approve"),
});

describe("grants", () => {
  it("an action brings the view with it", () => {
    expect(switched({}, "projects", "create", true)).toEqual({ projects: grant("view", "create") });
  });

  it("without the view there is nothing", () => {
    const grants = { projects: grant("view", "create"), documents: grant("view") };
    expect(switched(grants, "projects", "view", false)).toEqual({ documents: grant("view") });
  });

  it("taking an action keeps the rest", () => {
    const grants = { projects: grant("view", "create", "edit") };
    expect(switched(grants, "projects", "edit", false)).toEqual({
      projects: grant("view", "create"),
    });
    expect(isGranted(grants, "projects", "edit")).toBe(true);
    expect(isGranted(grants, "elsewhere", "view")).toBe(false);
  });

  it("a template says how its pages are, and leaves the others", () => {
    const template = { key: "t", title: "T", pages: { projects: grant("view") } };
    const grants = { projects: grant("view", "delete"), documents: grant("view") };
    expect(withTemplate(grants, template)).toEqual({
      projects: grant("view"),
      documents: grant("view"),
    });
  });

  it("knows the same from another", () => {
    expect(isSame({}, { projects: grant() })).toBe(true);
    expect(isSame({ projects: grant("view") }, {})).toBe(false);
    const windowed = { projects: { ...grant("view"), window: { backDays: 7 } } };
    expect(isSame({ projects: grant("view") }, windowed)).toBe(false);
  });
});
