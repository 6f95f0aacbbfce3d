import { describe, expect, it } from "vitest";
import { actionName, originName } from "./words";

describe("actionName", () => {
  it("says known actions in words, and others as they are", () => {
    expect(actionName("projects.update")).toBe("Changed a project");
    expect(actionName("documents.confirm")).toBe("Uploaded a document");
    expect(actionName("tickets.close")).toBe("tickets.close");
    expect(originName("webhook")).toBe("From the identity provider");
    expect(originName("elsewhere")).toBe("elsewhere");
  });
});
