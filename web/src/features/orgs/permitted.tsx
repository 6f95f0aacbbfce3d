import type { ReactNode } from "react";
import { AccessDenied } from "./access-denied";
import { useOrg } from "./context";

interface PermittedProps {
  /** A key such as `projects:create`. */
  to: string;
  /** What it is, as in "You do not reach the projects". */
  what: string;
  children: ReactNode;
}

/**
 * Shows a page to those who hold a permission, and to others what it would take. It spares people what
 * would be refused; the refusing is done by the server.
 */
export function Permitted({ to, what, children }: PermittedProps) {
  const { may } = useOrg();
  return may(to) ? children : <AccessDenied what={what} permission={to} />;
}
