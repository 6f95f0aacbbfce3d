import { describe, expect, it } from "vitest";
import { paths, replaceSlug, safeReturnPath } from "./paths";

describe("paths", () => {
  it("builds every address", () => {
    expect({
      home: paths.home(),
      signIn: paths.signIn(),
      signInBack: paths.signIn("/org/acme/projects?tab=members"),
      signInElsewhere: paths.signIn("https://elsewhere.example/"),
      signUp: paths.signUp(),
      waitlist: paths.waitlist(),
      dashboard: paths.dashboard(),
      organizations: paths.organizations(),
      createOrganization: paths.createOrganization(),
      emailConflict: paths.emailConflict(),
      platform: paths.platform(),
      platformOrganizations: paths.platformOrganizations(),
      platformPeople: paths.platformPeople(),
      platformImpersonations: paths.platformImpersonations(),
      platformWebhooks: paths.platformWebhooks(),
      platformConflicts: paths.platformConflicts(),
      platformFlags: paths.platformFlags(),
      orgDashboard: paths.orgDashboard("acme"),
      projects: paths.projects("a/b"),
      project: paths.project("acme", "0190"),
      team: paths.team("acme"),
      audit: paths.audit("acme"),
      orgSettings: paths.orgSettings("acme"),
      billing: paths.billing("acme"),
      statements: paths.statements(),
      apiReference: paths.apiReference(),
    }).toMatchInlineSnapshot(`
      {
        "apiReference": "/api/docs",
        "audit": "/org/acme/audit",
        "billing": "/org/acme/settings/billing",
        "createOrganization": "/create-org",
        "dashboard": "/dashboard",
        "emailConflict": "/email-conflict",
        "home": "/",
        "orgDashboard": "/org/acme/dashboard",
        "orgSettings": "/org/acme/settings",
        "organizations": "/org",
        "platform": "/platform",
        "platformConflicts": "/platform/conflicts",
        "platformFlags": "/platform/flags",
        "platformImpersonations": "/platform/impersonations",
        "platformOrganizations": "/platform/organizations",
        "platformPeople": "/platform/people",
        "platformWebhooks": "/platform/webhooks",
        "project": "/org/acme/projects/0190",
        "projects": "/org/a%2Fb/projects",
        "signIn": "/sign-in",
        "signInBack": "/sign-in?redirect_url=%2Forg%2Facme%2Fprojects%3Ftab%3Dmembers",
        "signInElsewhere": "/sign-in",
        "signUp": "/sign-up",
        "statements": "/organization-profile/organization-billing",
        "team": "/org/acme/team",
        "waitlist": "/waitlist",
      }
    `);
  });
});

describe("safeReturnPath", () => {
  it.each([
    ["/dashboard", "/dashboard"],
    ["/org/acme?x=1#y", "/org/acme?x=1#y"],
    ["http://same.invalid/org", "/org"],
  ])("keeps %s", (value, expected) => expect(safeReturnPath(value)).toBe(expected));

  it.each([
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "http://same.invalid.evil.example/",
    "http://same.invalid@evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
    "dashboard",
    "/sign-in",
    "/sign-up/verify",
    "/login",
    "/waitlist",
    "",
    undefined,
    42,
  ])("refuses %j", (value) => expect(safeReturnPath(value)).toBeUndefined());
});

describe("replaceSlug", () => {
  it("changes the slug and nothing else", () => {
    expect(replaceSlug("/org/old/projects/1", "new")).toBe("/org/new/projects/1");
    expect(replaceSlug("/org/old", "$&")).toBe("/org/%24%26");
  });
});
