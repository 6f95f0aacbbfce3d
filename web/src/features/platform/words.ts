import type {
  Impersonation,
  MessageState,
  Organization,
  PlatformOrganizationDetail,
  PlatformUser,
} from "@/api/types";

/** Whether a platform role operates the installation. */
export function isOperator(role: string | undefined): boolean {
  return role === "super_admin" || role === "admin_staff";
}

/** A platform role as people read it. */
export function platformRoleName(role: string): string {
  if (role === "super_admin") return "Operator";
  if (role === "admin_staff") return "Support";
  return "No platform role";
}

/** Somebody, by what is known of them. */
export function personName({ name }: { name: string | null }): string {
  return name ?? "Somebody unknown";
}

type ProvisioningStatus = Organization["provisioningStatus"];
type SchemaState = NonNullable<PlatformOrganizationDetail["home"]>["state"];

interface State {
  name: string;
  tone: "plain" | "accent" | "warning" | "danger";
}

/** How far a tenant is made, as those see it who make it. */
export const PROVISIONING: Record<ProvisioningStatus, State> = {
  PENDING: { name: "Pending", tone: "warning" },
  IN_PROGRESS: { name: "In progress", tone: "warning" },
  COMPLETED: { name: "Ready", tone: "plain" },
  FAILED: { name: "Failed", tone: "danger" },
  UPGRADING: { name: "Upgrading", tone: "warning" },
  DOWNGRADING: { name: "Downgrading", tone: "warning" },
};

/** How a tenant's schema is, beside the server's version. */
export const SCHEMA_STATES: Record<SchemaState, State> = {
  current: { name: "Up to date", tone: "plain" },
  behind: { name: "Behind", tone: "warning" },
  failed: { name: "Migration failed", tone: "danger" },
  unknown: { name: "Not known", tone: "warning" },
  none: { name: "None", tone: "plain" },
};

/** What a move does next. */
export const MOVE_STEPS: Record<string, string> = {
  PREPARING: "getting ready",
  COPYING: "copying",
  VERIFYING: "comparing",
  SWITCHING: "switching over",
  CLEANING: "cleaning up",
  CANCELLING: "being undone",
};

/** What became of a webhook. */
export const MESSAGE_STATES: Record<MessageState, State> = {
  received: { name: "Waiting", tone: "warning" },
  parked: { name: "Parked", tone: "warning" },
  done: { name: "Done", tone: "plain" },
  ignored: { name: "Ignored", tone: "plain" },
  dead: { name: "Given up", tone: "danger" },
};

/** How an impersonation stands. */
export const IMPERSONATION_STATES: Record<Impersonation["status"], State> = {
  pending: { name: "Not begun", tone: "warning" },
  active: { name: "Under way", tone: "accent" },
  ended: { name: "Ended", tone: "plain" },
  expired: { name: "Ran out", tone: "plain" },
  failed: { name: "Failed", tone: "danger" },
};

/** How somebody belongs to an organization, where it is not simply so. */
export const MEMBERSHIP_STATES: Record<string, string> = {
  suspended: "Suspended",
  pending: "Waiting",
  removed: "Ended",
};

/** How an account is. */
export const ACCOUNT_STATES: Record<PlatformUser["state"], State> = {
  active: { name: "Active", tone: "plain" },
  deactivated: { name: "Deactivated", tone: "warning" },
  deleted: { name: "Deleted", tone: "plain" },
  waiting: { name: "Waits for its owner", tone: "warning" },
};

/** How far a row has come that a migration or an invitation made. */
export const MIGRATION_STATES: Record<string, string> = {
  pending: "Waits for its owner",
  invited: "Invited",
  completed: "Completed",
};

/** Why what a message says is not shown. */
export const WITHHELD: Record<string, string> = {
  not_processed:
    "This installation has no use for this type of event, and does not show it: it may carry anything, a code for signing in among it.",
  unreadable: "It cannot be read.",
  too_large: "It is too large to be shown.",
};

/** What came of a comparison with the provider. */
export const SWEEP_OUTCOMES: Record<string, State> = {
  open: { name: "At work", tone: "warning" },
  done: { name: "Done", tone: "accent" },
  refused: { name: "Refused", tone: "danger" },
  failed: { name: "Failed", tone: "danger" },
  abandoned: { name: "Abandoned", tone: "warning" },
};
