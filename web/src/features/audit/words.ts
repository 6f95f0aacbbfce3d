/** Facts as people say them: what was done, by resource and verb. */
const RESOURCES: Record<string, string> = {
  projects: "a project",
  projectMembers: "the people of a project",
  documents: "a document",
  memberships: "a membership",
  members: "a member",
  invitations: "an invitation",
  organizations: "the organization",
  grants: "grants",
  approvals: "an approval",
  users: "a person",
  sessions: "a session",
  tenants: "the workspace",
  impersonations: "an impersonation",
  audit: "the audit",
  seats: "the seats",
};

const VERBS: Record<string, string> = {
  create: "Created",
  update: "Changed",
  delete: "Deleted",
  remove: "Removed",
  add: "Added to",
  uploadInit: "Announced",
  confirm: "Uploaded",
  fail: "Gave up",
  expire: "Gave up",
  provision: "Prepared",
  link: "Linked",
  revoke: "Revoked",
  resend: "Sent again",
  accept: "Accepted",
  approve: "Approved",
  reject: "Rejected",
  request: "Requested",
  suspend: "Suspended",
  restore: "Let in again",
  transfer: "Handed over",
  leave: "Left",
  export: "Exported",
  start: "Started",
  begin: "Began",
  enter: "Came in by",
  end: "Ended",
  plan: "Changed the plan of",
  exceeded: "Exceeded",
};

/** `projects.update` → `Changed a project`; what has no words here is shown as it is. */
export function actionName(action: string): string {
  const [resource = "", verb = ""] = action.split(".");
  const [thing, done] = [RESOURCES[resource], VERBS[verb]];
  return thing && done ? `${done} ${thing}` : action;
}

const ORIGINS: Record<string, string> = {
  user: "In person",
  token: "By an API token",
  webhook: "From the identity provider",
  system: "By the system",
  migration: "By the migration",
};

/** How a fact came about. */
export function originName(origin: string): string {
  return ORIGINS[origin] ?? origin;
}

/** Actions that a filter offers: those that happen in every organization. */
export const KNOWN_ACTIONS: readonly string[] = [
  "memberships.create",
  "memberships.update",
  "memberships.delete",
  "invitations.create",
  "invitations.revoke",
  "organizations.update",
  "organizations.plan",
  "projects.create",
  "projects.update",
  "projects.delete",
  "projectMembers.add",
  "projectMembers.update",
  "projectMembers.remove",
  "documents.uploadInit",
  "documents.confirm",
  "documents.delete",
];
