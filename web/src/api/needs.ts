import type { Policy, Refusal } from "./types";

/** What would be needed, in sentences for whom it was refused. */
export function sentences(refusal: Refusal, policy: Policy | undefined): string[] {
  const title = (key: string) =>
    policy?.roles.find((role) => role.key === key)?.title ??
    `${key[0]?.toUpperCase()}${key.slice(1)}`;
  const said: string[] = [];
  if (refusal.roles.length > 0) {
    const plural = refusal.roles.length > 1;
    said.push(`${joined(refusal.roles.map(title))} ${plural ? "hold" : "holds"} it by role.`);
  }
  if (refusal.projectRoles.length > 0) {
    said.push(`On a project, a ${joined(refusal.projectRoles, "or")} holds it.`);
  }
  const grants = refusal.grants.map((grant) => {
    const [page = "", action = ""] = grant.split(":");
    const name = policy?.pages.find(({ key }) => key === page)?.title ?? page;
    return `“${action}” on ${name}`;
  });
  if (grants.length > 0) said.push(`It can be granted: ${joined(grants, "or")}.`);
  return said;
}

/** Why, where it is more than a permission that is not held. */
export function reasonName(refusal: Refusal): string | undefined {
  switch (refusal.reason) {
    case "own_request":
      return "Nobody decides on what they asked for themselves.";
    case "not_held":
      return "Nobody gives what they do not hold themselves.";
    case "impersonated":
      return "Nobody does this in somebody else's name.";
    case "plan_limit":
      return refusal.plans?.length
        ? `The plan ${joined(refusal.plans.map(planTitle), "or")} has more room.`
        : "No plan has more room; the people who run this installation may give more.";
    case "not_in_plan":
      return `It comes with the plan ${joined((refusal.plans ?? []).map(planTitle), "or")}.`;
    case "not_on_project":
      return "It takes to be on the project.";
    default:
      return undefined;
  }
}

/** A plan's name at the provider as people read it. */
export function planTitle(plan: string): string {
  const words = plan.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function joined(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words[words.length - 1]}`;
}
