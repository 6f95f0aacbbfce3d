import { afterEach, describe, expect, it, vi } from "vitest";
import { accessLoader, flagLoader } from "./load.js";

const ME = {
  id: "user-1",
  clerkUserId: "user_1",
  email: "ada@example.com",
  fullName: "Ada",
  avatarUrl: null,
  platformRole: "none",
  organization: { id: "org-1", slug: "acme", name: "Acme", role: "admin" },
};

const ANSWERS: Record<string, unknown> = {
  "/api/v1/me": ME,
  "/api/v1/me/permissions": {
    role: "admin",
    permissions: [{ permission: "projects:read", reach: "project", by: "role" }],
  },
  "/api/v1/me/pages": { pages: [{ page: "projects", title: "Projects", actions: ["view"] }] },
  "/api/v1/policy": {
    roles: [
      { key: "owner", title: "Owner" },
      { key: "admin", title: "Admin" },
    ],
  },
};

/** Plays a server that answers by path; `changes` replaces single answers. */
function serve(changes: Record<string, () => Response> = {}) {
  const asked: Array<[path: string, authorization: string | null]> = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.replace("https://api.example.com", "");
    asked.push([path, new Headers(init.headers).get("authorization")]);
    const answer = changes[path];
    return answer ? answer() : Response.json(ANSWERS[path]);
  });
  return asked;
}

const token = async ({ fresh }: { fresh: boolean }) => (fresh ? "fresh" : "old");
const load = () => accessLoader("https://api.example.com", token);

afterEach(() => vi.unstubAllGlobals());

describe("accessLoader", () => {
  it("puts together what the server says in several answers", async () => {
    const asked = serve();
    const loader = load();
    const access = await loader();
    expect(access?.user).toEqual({
      id: "user-1",
      email: "ada@example.com",
      fullName: "Ada",
      avatarUrl: null,
      platformRole: "none",
    });
    expect(access?.permissions.get("projects:read")).toBe("project");
    expect(access?.pages).toEqual([{ key: "projects", title: "Projects", actions: ["view"] }]);
    expect(access?.roles.map(({ key, rank }) => [key, rank])).toEqual([
      ["owner", 2],
      ["admin", 1],
    ]);
    await loader();
    expect(asked.filter(([path]) => path === "/api/v1/policy")).toHaveLength(1);
  });

  it("asks nothing for nobody", async () => {
    const asked = serve();
    expect(await accessLoader("", async () => null)()).toBeNull();
    expect(asked).toEqual([]);
  });

  it("asks once more with a fresh token where one is refused, and no more than that", async () => {
    const refuse = () =>
      Response.json({ code: "AUTH_INVALID_TOKEN", title: "No" }, { status: 401 });
    const asked = serve({ "/api/v1/me": refuse });
    await expect(load()()).rejects.toMatchObject({
      refusal: { status: 401, code: "AUTH_INVALID_TOKEN", title: "No" },
    });
    expect(asked.map(([, authorization]) => authorization)).toEqual(["Bearer old", "Bearer fresh"]);
  });

  it("says why a member is not let in", async () => {
    const barred = { id: "org-1", slug: "acme", name: "Acme", status: "suspended" };
    serve({ "/api/v1/me": () => Response.json({ ...ME, organization: null, barred }) });
    await expect(load()()).rejects.toMatchObject({
      refusal: { title: "Your membership of Acme is suspended", barred: "suspended" },
    });
  });

  it("tells a server that fails from one that refuses", async () => {
    serve({ "/api/v1/me/pages": () => new Response("", { status: 503 }) });
    await expect(load()()).rejects.not.toHaveProperty("refusal");
  });
});

describe("flagLoader", () => {
  it("says what is on, and nothing of what every object has", async () => {
    serve({ "/api/v1/me/flags": () => Response.json({ flags: { new_editor: true, old: false } }) });
    const flags = await flagLoader("https://api.example.com", token)();
    expect([...flags]).toEqual([
      ["new_editor", true],
      ["old", false],
    ]);
    expect(flags.get("constructor")).toBeUndefined();
  });

  it("asks nothing for nobody", async () => {
    const asked = serve();
    expect((await flagLoader("", async () => null)()).size).toBe(0);
    expect(asked).toEqual([]);
  });
});
