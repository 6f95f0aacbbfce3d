import { describe, expect, it } from "vitest";
import { differences } from "./diff";

describe("differences", () => {
  it("names each value that changed, came or went", () => {
    const before = { name: "Alpha", description: null, pages: { projects: { view: true } } };
    const after = {
      name: "Beta",
      description: null,
      pages: { projects: { view: true, edit: true } },
    };
    expect(differences(before, after)).toEqual([
      { path: "name", before: "Alpha", after: "Beta" },
      { path: "pages.projects.edit", before: undefined, after: "true" },
    ]);
  });

  it("shows a record that came, and one that went", () => {
    expect(differences(null, { size: 5 })).toEqual([
      { path: "size", before: undefined, after: "5" },
    ]);
    expect(differences({ tags: ["a", "b"] }, undefined)).toEqual([
      { path: "tags", before: '["a","b"]', after: undefined },
    ]);
    expect(differences(null, null)).toEqual([]);
  });

  it("stays bounded whatever it is given", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50)}1${"}".repeat(50)}`);
    expect(differences(null, deep)).toHaveLength(1);
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`k${n}`, n]));
    expect(differences(null, wide)).toHaveLength(200);
  });
});
