import { describe, expect, it } from "vitest";
import { asQuery } from "./data";

describe("asQuery", () => {
  it("makes instants of days, the last one included", () => {
    const query = asQuery({ action: "projects.create", from: "2026-11-20", to: "2026-11-20" });
    expect(query.action).toBe("projects.create");
    expect(Date.parse(query.to ?? "") - Date.parse(query.from ?? "")).toBe(86_400_000);
    expect(new Date(query.from ?? "").getDate()).toBe(20);
  });

  it("leaves out what is no day", () => {
    expect(asQuery({ from: "yesterday" }).from).toBeUndefined();
    expect(asQuery({})).toEqual({ from: undefined, to: undefined });
  });
});
