import { type ReactNode, useEffect, useRef } from "react";
import type { Action } from "./access.js";
import { AccessDenied } from "./access-denied.js";
import { useAccess, usePermissions } from "./hooks.js";
import type { Refusal } from "./refused.js";

interface Waits {
  children: ReactNode;
  /** Shown while it is not known yet; nothing, unless said. A skeleton spares the page a jump. */
  loading?: ReactNode;
}

export interface RequireAuthProps extends Waits {
  /** Called once where nobody is signed in: lead to the sign-in page here. */
  onSignedOut?: () => void;
  /** Shown where nobody is signed in. */
  fallback?: ReactNode;
  /** Shown where the server refuses the person: the account is closed, the membership ended or is suspended. */
  refused?: (refusal: Refusal) => ReactNode;
  /** Shown while the server cannot be reached and nothing is known. */
  failed?: ReactNode;
}

/** Shows its children to signed-in people. */
export function RequireAuth(props: RequireAuthProps) {
  const { children, loading = null, onSignedOut, fallback = null, refused, failed } = props;
  const state = useAccess();
  const isOut = state.status === "signed-out";
  const told = useRef(false);
  useEffect(() => {
    if (!isOut) told.current = false;
    else if (!told.current) {
      told.current = true;
      onSignedOut?.();
    }
  }, [isOut, onSignedOut]);
  switch (state.status) {
    case "loading":
      return loading;
    case "signed-out":
      return fallback;
    case "refused":
      return refused ? refused(state.refusal) : <AccessDenied refusal={state.refusal} />;
    case "failed":
      return failed ?? loading;
    case "ready":
      return children;
  }
}

export interface RequireRoleProps extends Waits {
  /** This role or one above it. */
  role: string;
  fallback?: ReactNode;
}

/** Shows its children to who has a role or one above it, and to others what it would take. */
export function RequireRole({ role, children, loading = null, fallback }: RequireRoleProps) {
  const { isLoading, isAtLeast } = usePermissions();
  if (isLoading) return loading;
  return isAtLeast(role) ? children : (fallback ?? <AccessDenied role={role} />);
}

/** A permission, or an action on a page. */
export type Wanted =
  | { permission: string; page?: undefined; action?: undefined }
  | { page: string; action?: Action; permission?: undefined };

export type RequirePermissionProps = Waits & Wanted & { fallback?: ReactNode };

/** Shows its children to who holds a permission, and to others what it would take. For whole pages. */
export function RequirePermission(props: RequirePermissionProps) {
  const { children, loading = null, fallback } = props;
  const permissions = usePermissions();
  if (permissions.isLoading) return loading;
  return isHeld(permissions, props) ? children : (fallback ?? <AccessDenied {...wanted(props)} />);
}

export type PermissionGuardProps = Wanted & { children: ReactNode; fallback?: ReactNode };

/** Shows its children to who holds a permission, and to others nothing, or the fallback. For parts of a page. */
export function PermissionGuard(props: PermissionGuardProps) {
  const permissions = usePermissions();
  return isHeld(permissions, props) ? props.children : (props.fallback ?? null);
}

function isHeld(permissions: ReturnType<typeof usePermissions>, props: Wanted): boolean {
  return props.permission !== undefined
    ? permissions.has(props.permission)
    : permissions.can(props.page, props.action ?? "view");
}

function wanted(props: Wanted): Wanted {
  return props.permission !== undefined
    ? { permission: props.permission }
    : { page: props.page, action: props.action ?? "view" };
}
