import type { Action, PageGrant } from "@/api/types";

/** The five actions, in the order of tables. */
export const ACTIONS: readonly Action[] = ["view", "create", "edit", "delete", "approve"];

/** Grants by page. What is absent is not granted. */
export type PageGrants = Readonly<Record<string, PageGrant>>;

const NOTHING: PageGrant = {
  view: false,
  create: false,
  edit: false,
  delete: false,
  approve: false,
};

/** Whether an action on a page is granted. */
export function isGranted(grants: PageGrants, page: string, action: Action): boolean {
  return grants[page]?.[action] ?? false;
}

/**
 * The grants with one action switched. Any action brings `view` with it, and without `view` there is
 * none of the others. Pages on which nothing is left are gone.
 */
export function switched(
  grants: PageGrants,
  page: string,
  action: Action,
  on: boolean,
): PageGrants {
  const before = grants[page] ?? NOTHING;
  const next: PageGrant =
    action === "view" && !on ? NOTHING : { ...before, [action]: on, view: before.view || on };
  const { [page]: _, ...others } = grants;
  return ACTIONS.some((one) => next[one]) ? { ...others, [page]: next } : others;
}

/** The grants with a template's on top: pages that it names are as it says. */
export function withTemplate(grants: PageGrants, template: { pages: PageGrants }): PageGrants {
  return { ...grants, ...template.pages };
}

/** Whether two grants say the same. */
export function isSame(one: PageGrants, other: PageGrants): boolean {
  const pages = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...pages].every(
    (page) =>
      ACTIONS.every((action) => isGranted(one, page, action) === isGranted(other, page, action)) &&
      JSON.stringify(one[page]?.window) === JSON.stringify(other[page]?.window),
  );
}
