import { useCallback, useMemo, useSyncExternalStore } from "react";
import {
  type Action,
  type CurrentOrganization,
  type CurrentUser,
  hasRole,
  holds,
  mayOn,
  type PageAccess,
  type Reach,
} from "./access.js";
import { useBailiwick } from "./context.js";
import type { AccessState } from "./store.js";

/** What is known of the caller's access, in full. */
export function useAccess(): AccessState {
  const { store } = useBailiwick();
  return useSyncExternalStore(store.subscribe, store.state, store.state);
}

/** Who is signed in; `user` is absent while that is not known, and where nobody is. */
export function useCurrentUser(): {
  isLoading: boolean;
  user: CurrentUser | undefined;
  organization: CurrentOrganization | undefined;
} {
  const state = useAccess();
  return {
    isLoading: state.status === "loading",
    user: state.access?.user,
    organization: state.access?.organization ?? undefined,
  };
}

/** What the caller may do. Everything is "no" while it is not known. */
export interface Permissions {
  isLoading: boolean;
  /** Whether a permission such as `projects:create` is held, however far. */
  has(permission: string): boolean;
  /** How far it goes. */
  reach(permission: string): Reach | undefined;
  /** Whether an action is open on a page. */
  can(page: string, action?: Action): boolean;
  /** Whether the caller's role is this one or one above it. */
  isAtLeast(role: string): boolean;
  /** The pages that the caller may open, in the order of the policy: what navigation shows. */
  pages: readonly PageAccess[];
  /** Asks anew, after a change of one's own making. */
  refresh(): Promise<void>;
}

/** What the caller may do, up to date without a reload. It hides and shows; the refusing is done by the server. */
export function usePermissions(): Permissions {
  const state = useAccess();
  const { store } = useBailiwick();
  return useMemo(() => {
    const { access } = state;
    return {
      isLoading: state.status === "loading",
      has: (permission) => access !== undefined && holds(access, permission),
      reach: (permission) => access?.permissions.get(permission),
      can: (page, action) => access !== undefined && mayOn(access, page, action),
      isAtLeast: (role) => access !== undefined && hasRole(access, role),
      pages: access?.pages ?? [],
      refresh: store.refresh,
    };
  }, [state, store]);
}

/**
 * Whether a feature flag is on for the caller: in the organization that the session speaks for, else
 * for everybody. It follows the switch without a reload; while nothing is known it is off.
 */
export function useFlag(key: string): boolean {
  const { flags } = useBailiwick();
  const isOn = useCallback(() => flags.isOn(key), [flags, key]);
  return useSyncExternalStore(flags.subscribe, isOn, isOn);
}
