import type { Policy } from "@/api/types";

/** Who looks at the team: what decides about what they may do to others. */
export interface Viewer {
  userId: string | undefined;
  /** The key of their role; null for who operates the installation. */
  role: string | null | undefined;
  may(permission: string): boolean;
}

/** Whom something would be done to. */
export interface Target {
  userId: string;
  role: string;
}

/** The roles that the viewer gives and takes, the highest first. Who operates the installation gives all. */
export function assignable(policy: Policy, viewer: Viewer): Policy["roles"] {
  if (!viewer.role) return policy.roles;
  const mine = policy.roles.find(({ key }) => key === viewer.role);
  return policy.roles.filter(({ key }) => mine?.assigns.includes(key));
}

/** A role's name for people, whether the policy knows it or not. */
export function roleTitle(policy: Policy | undefined, key: string): string {
  return policy?.roles.find((role) => role.key === key)?.title ?? key;
}

/** Why the viewer cannot do to a member what takes `permission`; nothing where they can. */
export function obstacle(
  policy: Policy,
  viewer: Viewer,
  target: Target,
  permission: string,
): string | undefined {
  if (target.userId === viewer.userId) return "Not to yourself: ask another admin or owner.";
  if (!viewer.may(permission)) return `It takes the permission ${permission}.`;
  const decidesOver = assignable(policy, viewer).some(({ key }) => key === target.role);
  if (decidesOver) return undefined;
  const role = roleTitle(policy, target.role);
  return `Your role does not decide over the role ${role}.`;
}
