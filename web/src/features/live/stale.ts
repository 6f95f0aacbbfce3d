import type { ChangeEvent } from "@bailiwick/react";
import type { QueryKey } from "@tanstack/react-query";

/** What operators see of the flags, for everybody and for single organizations. */
const FLAGS: QueryKey = ["platform", "flags"];

/** The keys of what an event makes stale, seen from `userId`. `undefined` stands for everything. */
export function staleKeys(event: ChangeEvent | null, userId: string | undefined): QueryKey[] {
  if (event === null) return [[]];
  const isAboutMe = event.userId !== null && event.userId === userId;
  const mine: QueryKey[] = isAboutMe ? [["organizations"]] : [];
  const org = event.organizationId;
  if (org === null) {
    if (event.kind === "flags") return [FLAGS];
    return event.kind === "users" && isAboutMe ? [["me"], ...mine] : mine;
  }
  const here = (...rest: string[]): QueryKey => ["org", org, ...rest];
  const audit = here("audit");
  switch (event.kind) {
    case "organizations":
      return [["organizations"], ["organization", org], here("settings"), here("seats"), audit];
    case "memberships":
      return isAboutMe
        ? [...mine, ["organization", org], here()]
        : [["organization", org], here("members"), here("seats"), audit];
    case "invitations":
      return [here("invitations"), here("seats"), audit];
    case "projects":
      return [here("projects"), here("project", event.objectId), audit];
    case "projectMembers":
      return [here("projects"), here("project", event.objectId), audit];
    case "documents":
      return [
        here("projects"),
        event.projectId ? here("project", event.projectId) : here("project"),
        audit,
      ];
    case "flags":
      return [FLAGS, audit];
    default:
      return [here(event.kind), audit];
  }
}
