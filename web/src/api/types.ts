import type { components, paths } from "./schema.gen";

type Schemas = components["schemas"];

/** Named by its address, since that is what both sides agree on. */
export type Config =
  paths["/api/v1/config"]["get"]["responses"][200]["content"]["application/json"];
export type Me = Schemas["Me"];
export type Organization = Schemas["Organization"];
export type OrganizationPatch = Schemas["OrganizationPatch"];
export type OrganizationMember = Schemas["OrganizationMember"];
export type Project = Schemas["Project"];
export type ProjectMember = Schemas["ProjectMember"];
export type ProjectRole = ProjectMember["projectRole"];
export type Document = Schemas["Document"];
export type UploadInitAnswer = Schemas["UploadInitAnswer"];
export type Refusal = Schemas["Refusal"];
export type MemberGrants = Schemas["MemberGrants"];
export type MemberStatus = Schemas["MemberStatus"];
export type Invitation = Schemas["Invitation"];
export type InvitationStatus = Schemas["InvitationStatus"];
export type Seats = Schemas["Seats"];
export type Policy = Schemas["Policy"];
export type PageGrant = Schemas["PageGrant"];
export type Action = Schemas["Action"];
export type AuditEntry = Schemas["AuditEntry"];
export type Impersonation = Schemas["Impersonation"];
export type ImpersonationStarted = Schemas["ImpersonationStarted"];
export type Problem = Schemas["Problem"];
export type PlatformOrganization = Schemas["PlatformOrganization"];
export type PlatformOrganizationDetail = Schemas["PlatformOrganizationDetail"];
export type PlatformUser = Schemas["PlatformUser"];
export type PlatformStatus = Schemas["PlatformStatus"];
export type InboxMessage = Schemas["InboxMessage"];
export type MessageState = Schemas["MessageState"];
export type EmailConflict = Schemas["EmailConflict"];
export type FeatureFlag = Schemas["FeatureFlag"];
export type FeatureFlagOverride = Schemas["FeatureFlagOverride"];
export type Conflict = Schemas["Conflict"];

/** One page of a list; `nextCursor` is empty on the last one. */
export interface Page<T> {
  data: T[];
  nextCursor?: string | null;
}
