import { usePermissions } from "@bailiwick/react";
import { Fragment } from "react";
import type { Action, Policy } from "@/api/types";
import { Checkbox } from "@/components/ui/checkbox";
import { Scroller } from "@/components/ui/scroller";
import { Select } from "@/components/ui/select";
import { ACTIONS, isGranted, type PageGrants, switched } from "./grants";

const NAMES: Record<Action, string> = {
  view: "View",
  create: "Create",
  edit: "Edit",
  delete: "Delete",
  approve: "Approve",
};

interface GrantsTableProps {
  policy: Policy;
  grants: PageGrants;
  onChange(grants: PageGrants): void;
  /** Why nothing of it can be changed; absent where it can. */
  fixed: string | undefined;
}

/** Pages × actions. What the reader does not hold they cannot give, and the box says so. */
export function GrantsTable({ policy, grants, onChange, fixed }: GrantsTableProps) {
  const { can } = usePermissions();
  const groups = [...new Set(policy.pages.map(({ group }) => group))];
  const reasonFor = (page: Policy["pages"][number], action: Action): string | undefined => {
    if (fixed) return fixed;
    if (page.isAlwaysAccessible && action === "view") return "Everybody may open this page.";
    if (!can(page.key, action) && !isGranted(grants, page.key, action)) {
      return "You do not hold this yourself, so you cannot give it.";
    }
    return undefined;
  };
  return (
    <Scroller label="Pages and what may be done on them" className="-mx-2 px-2">
      <table className="w-full min-w-120 text-sm">
        <caption className="sr-only">Pages and what may be done on them</caption>
        <thead>
          <tr className="border-line border-b text-left">
            <th scope="col" className="eyebrow py-2 pr-3">
              Page
            </th>
            {ACTIONS.map((action) => (
              <th key={action} scope="col" className="eyebrow w-16 py-2 text-center">
                {NAMES[action]}
              </th>
            ))}
            <th scope="col" className="eyebrow w-32 py-2 pl-3">
              How far back
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Fragment key={group}>
              {group && (
                <tr>
                  <th scope="rowgroup" colSpan={7} className="eyebrow pt-4 pb-1 text-left">
                    {group}
                  </th>
                </tr>
              )}
              {policy.pages
                .filter((page) => page.group === group)
                .map((page) => (
                  <tr key={page.key} className="border-line border-b last:border-0">
                    <th scope="row" className="py-2.5 pr-3 text-left font-[550]">
                      {page.title}
                    </th>
                    {ACTIONS.map((action) => (
                      <td key={action} className="py-2.5 text-center">
                        {page.actions.includes(action) ? (
                          <Checkbox
                            label={`${NAMES[action]} ${page.title}`}
                            checked={
                              isGranted(grants, page.key, action) ||
                              (page.isAlwaysAccessible && action === "view")
                            }
                            reason={reasonFor(page, action)}
                            onCheckedChange={(on) =>
                              onChange(switched(grants, page.key, action, on))
                            }
                            className="mx-auto"
                          />
                        ) : (
                          <span className="text-faint" aria-hidden>
                            –
                          </span>
                        )}
                      </td>
                    ))}
                    <td className="py-2.5 pl-3">
                      <BackWindow
                        page={page}
                        grants={grants}
                        onChange={onChange}
                        isFixed={fixed !== undefined}
                      />
                    </td>
                  </tr>
                ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

const DAYS = [7, 30, 90, 365];

/** How old the data may be that a grant opens. */
function BackWindow({
  page,
  grants,
  onChange,
  isFixed,
}: {
  page: Policy["pages"][number];
  grants: PageGrants;
  onChange(grants: PageGrants): void;
  isFixed: boolean;
}) {
  const grant = grants[page.key];
  if (!grant?.view) return null;
  const days = grant.window?.backDays;
  const offered =
    days === undefined || DAYS.includes(days) ? DAYS : [...DAYS, days].sort((a, b) => a - b);
  return (
    <Select
      label={`How far back on ${page.title}`}
      value={days === undefined ? "all" : String(days)}
      disabled={isFixed}
      options={[
        { value: "all", label: "All of it" },
        ...offered.map((count) => ({ value: String(count), label: `${count} days` })),
      ]}
      onValueChange={(value) => {
        const { backDays: _, ...rest } = grant.window ?? {};
        const window = value === "all" ? rest : { ...rest, backDays: Number(value) };
        const isOpen = Object.keys(window).length === 0;
        onChange({ ...grants, [page.key]: { ...grant, window: isOpen ? undefined : window } });
      }}
      className="h-8 w-full"
    />
  );
}
