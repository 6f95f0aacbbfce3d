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
} from "./access";
export { AccessDenied, type AccessDeniedProps, useNeeded } from "./access-denied";
export {
  BailiwickProvider,
  type BailiwickProviderProps,
  type EventListener,
  useBailiwickEvents,
} from "./context";
export {
  type ChangeEvent,
  EventFollower,
  type FollowerHandlers,
  type FollowerOptions,
  type TokenSource,
} from "./follower";
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
} from "./guards";
export { type Permissions, useAccess, useCurrentUser, usePermissions } from "./hooks";
export type { AccessState, Refusal } from "./store";
