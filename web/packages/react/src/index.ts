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
export {
  BailiwickProvider,
  type BailiwickProviderProps,
  type EventListener,
  useBailiwickEvents,
} from "./context.js";
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
export { type Permissions, useAccess, useCurrentUser, usePermissions } from "./hooks.js";
export type { AccessState, Refusal } from "./store.js";
