import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { Access } from "./access.js";
import { BailiwickProvider } from "./context.js";
import { PermissionGuard, RequireAuth, RequirePermission, RequireRole } from "./guards.js";
import { useCurrentUser, useFlag, usePermissions } from "./hooks.js";
import { access } from "./testing.js";

const nobody = async () => null;

function render(children: ReactNode, initial: Access | undefined = access()): string {
  return renderToStaticMarkup(
    <BailiwickProvider getToken={nobody} initial={initial} live={false}>
      {children}
    </BailiwickProvider>,
  );
}

const unknown = (children: ReactNode) =>
  renderToStaticMarkup(
    <BailiwickProvider getToken={nobody} live={false}>
      {children}
    </BailiwickProvider>,
  );

describe("guards", () => {
  it("show nothing, or a skeleton, while nothing is known", () => {
    const page = <p>secret</p>;
    expect(unknown(<RequireAuth loading={<i>…</i>}>{page}</RequireAuth>)).toBe("<i>…</i>");
    expect(unknown(<RequireRole role="member">{page}</RequireRole>)).toBe("");
    expect(unknown(<RequirePermission permission="projects:read">{page}</RequirePermission>)).toBe(
      "",
    );
    expect(unknown(<PermissionGuard permission="projects:read">{page}</PermissionGuard>)).toBe("");
  });

  it("go by the ladder of roles", () => {
    expect(render(<RequireRole role="member">in</RequireRole>)).toBe("in");
    expect(render(<RequireRole role="admin">in</RequireRole>)).toBe("in");
    const denied = render(<RequireRole role="owner">in</RequireRole>);
    expect(denied).toContain("Your role is Admin. It takes the role Owner, or one above it.");
    expect(denied).not.toContain(">in<");
    // A role that the policy does not know is nobody's.
    expect(
      render(
        <RequireRole role="emperor" fallback="no">
          in
        </RequireRole>,
      ),
    ).toBe("no");
  });

  it("place who operates the installation above every role, and who has none below", () => {
    const at = (platformRole: string) => {
      const base = access();
      return access({
        user: { ...base.user, platformRole },
        organization: { id: "org-1", slug: "acme", name: "Acme", role: null },
      });
    };
    expect(
      render(
        <RequireRole role="owner" fallback="no">
          in
        </RequireRole>,
        at("super_admin"),
      ),
    ).toBe("in");
    expect(
      render(
        <RequireRole role="member" fallback="no">
          in
        </RequireRole>,
        at("admin_staff"),
      ),
    ).toBe("no");
  });

  it("go by permissions, and by actions on pages", () => {
    expect(render(<RequirePermission permission="projects:create">in</RequirePermission>)).toBe(
      "in",
    );
    expect(render(<RequirePermission page="projects">in</RequirePermission>)).toBe("in");
    expect(
      render(
        <RequirePermission page="projects" action="create">
          in
        </RequirePermission>,
      ),
    ).toBe("in");
    expect(
      render(
        <RequirePermission page="projects" action="delete">
          in
        </RequirePermission>,
      ),
    ).toContain("It takes “delete” on the page projects.");
    expect(
      render(<RequirePermission permission="projects:delete">in</RequirePermission>),
    ).toContain("It takes the permission projects:delete.");
    expect(render(<PermissionGuard page="audit">in</PermissionGuard>)).toBe("");
    expect(
      render(
        <PermissionGuard permission="projects:delete" fallback="ask an owner">
          in
        </PermissionGuard>,
      ),
    ).toBe("ask an owner");
  });
});

function Facts() {
  const { user, organization } = useCurrentUser();
  const { pages, reach, has } = usePermissions();
  return (
    <>
      {user?.fullName} at {organization?.name}: {pages.map(({ key }) => key).join()},{" "}
      {reach("projects:read")}, {String(has("projects:delete"))}
    </>
  );
}

function FlagsOf({ keys: [a = "", b = "", c = ""] }: { keys: readonly string[] }) {
  return [useFlag(a), useFlag(b), useFlag(c)].join();
}

describe("hooks", () => {
  it("tell who it is and what they may do", () => {
    expect(render(<Facts />)).toBe("Ada at Acme: overview,projects, project, false");
  });

  it("say no to everything while nothing is known", () => {
    expect(unknown(<Facts />)).toBe(" at : , , false");
  });

  it("tell which flags are on, and take what is not known for off", () => {
    const flags = new Map([
      ["new_editor", true],
      ["old_editor", false],
    ]);
    const shown = (initialFlags?: ReadonlyMap<string, boolean>) =>
      renderToStaticMarkup(
        <BailiwickProvider getToken={nobody} initialFlags={initialFlags} live={false}>
          <FlagsOf keys={["new_editor", "old_editor", "constructor"]} />
        </BailiwickProvider>,
      );
    expect(shown(flags)).toBe("true,false,false");
    expect(shown()).toBe("false,false,false");
  });

  it("need the provider", () => {
    expect(() => renderToStaticMarkup(<Facts />)).toThrow("below <BailiwickProvider>");
  });
});
