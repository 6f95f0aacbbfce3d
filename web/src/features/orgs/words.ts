import type { Organization } from "@/api/types";

const ROLES: Record<string, string> = {
  owner: "Owner",
  admin: "Admin",
  manager: "Manager",
  member: "Member",
  viewer: "Viewer",
  lead: "Lead",
  contributor: "Contributor",
};

/** A role as people read it; who has none and still is here operates the installation. A policy pack may name others; they are shown as they are. */
export function roleName(role: string | null | undefined): string {
  if (!role) return "Operator";
  return ROLES[role] ?? role.charAt(0).toUpperCase() + role.slice(1).replaceAll("_", " ");
}

/** A tier as people read it. */
export function tierName(tier: Organization["tier"]): string {
  return tier === "pro" ? "Pro" : "Starter";
}

/** What a provisioning state means to the people of the organization. */
export function provisioningName(status: Organization["provisioningStatus"]): string {
  switch (status) {
    case "PENDING":
    case "IN_PROGRESS":
      return "Being prepared";
    case "COMPLETED":
      return "Ready";
    case "FAILED":
      return "Not ready";
    case "UPGRADING":
    case "DOWNGRADING":
      return "Moving";
  }
}

/** Whether the workspace may be used in this state. A move goes on behind the scenes. */
export function isReady(status: Organization["provisioningStatus"]): boolean {
  return status === "COMPLETED" || status === "UPGRADING" || status === "DOWNGRADING";
}
