import type { ReactNode } from "react";
import type { Action } from "./access.js";
import { useAccess } from "./hooks.js";
import type { Refusal } from "./refused.js";

export interface AccessDeniedProps {
  /** What it would take: a permission, */
  permission?: string;
  /** or an action on a page, */
  page?: string;
  action?: Action;
  /** or a role. */
  role?: string;
  /** Or why the server refuses everything. */
  refusal?: Refusal;
  title?: string;
  /** A way on. */
  children?: ReactNode;
  className?: string;
}

/** Says that something is not open to the reader, and what it would take. Plain markup, to be styled by `className`. */
export function AccessDenied(props: AccessDeniedProps) {
  const { title = "You may not see this", children, className } = props;
  const needed = useNeeded(props);
  return (
    <section role="alert" className={className} data-bailiwick="access-denied">
      <h2>{props.refusal?.title ?? title}</h2>
      {needed && <p>{needed}</p>}
      {children}
    </section>
  );
}

/** One sentence about what it would take, for whoever shows it in their own way. */
export function useNeeded({
  permission,
  page,
  action = "view",
  role,
  refusal,
}: AccessDeniedProps): string | undefined {
  const { access } = useAccess();
  if (refusal) return undefined;
  const mine = access?.roles.find(({ key }) => key === access.organization?.role)?.title;
  const have = mine ? `Your role is ${mine}. ` : "";
  if (role) {
    const title = access?.roles.find(({ key }) => key === role)?.title ?? role;
    return `${have}It takes the role ${title}, or one above it.`;
  }
  if (permission) return `${have}It takes the permission ${permission}.`;
  if (page) return `${have}It takes “${action}” on the page ${page}.`;
  return have.trim() || undefined;
}
