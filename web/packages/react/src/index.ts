export {
  type Access,
  type Action,
  type CurrentOrganization,
  type CurrentUser,
  hasRole,
  holds,
  mayOn,
  type PageAccess,
  type Reach,
  type Role,
} from "./access.js";
export { AccessDenied, type AccessDeniedProps, useNeeded } from "./access-denied.js";
export type { EventListener } from "./connect.js";
export {
  BailiwickProvider,
  type BailiwickProviderProps,
  useBailiwickEvents,
} from "./context.js";
export type { Flags } from "./flags.js";
export {
  type ChangeEvent,
  EventFollower,
  type FollowerHandlers,
  type FollowerOptions,
  type TokenSource,
} from "./follower.js";
export {
  PermissionGuard,
  type PermissionGuardProps,
  RequireAuth,
  type RequireAuthProps,
  RequirePermission,
  type RequirePermissionProps,
  RequireRole,
  type RequireRoleProps,
  type Wanted,
} from "./guards.js";
export { type Permissions, useAccess, useCurrentUser, useFlag, usePermissions } from "./hooks.js";
export type { Refusal } from "./refused.js";
export type { AccessState } from "./store.js";
