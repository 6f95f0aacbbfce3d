import { describe, expect, it } from "vitest";
import { changes } from "./data";

const details = { name: "Acme", slug: "acme", type: "", taxId: "7", description: "" };

describe("changes", () => {
  it("are what differs, trimmed, and nothing else", () => {
    expect(changes(details, details)).toEqual({});
    expect(changes(details, { ...details, name: " Acme " })).toEqual({});
    expect(changes(details, { ...details, name: " Acme Group ", taxId: "" })).toEqual({
      name: "Acme Group",
      taxId: "",
    });
  });
});
