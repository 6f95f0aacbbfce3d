import { Link, useLocation } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Mark } from "@/components/brand";
import { MAIN_ID } from "@/components/skip-link";
import { paths } from "@/lib/paths";

/** One way on in a frame's navigation. */
export interface FrameEntry {
  to: string;
  label: string;
  icon: LucideIcon;
  /** Where one is only at the address itself, not below it. */
  isExact?: boolean;
}

interface FrameProps {
  /** What the navigation is of, for those who do not see the place. */
  label: string;
  /** Where one is: above the navigation, and at the top on a phone. */
  head: ReactNode;
  /** Who one is: below the navigation. */
  foot: ReactNode;
  /** The same in the corner of a phone. */
  corner: ReactNode;
  entries: readonly FrameEntry[];
  children: ReactNode;
}

/** The frame around pages that belong together: a column at the side, bars above and below on a phone. */
export function Frame({ label, head, foot, corner, entries, children }: FrameProps) {
  return (
    <div className="min-h-dvh pb-16 md:grid md:grid-cols-[15.5rem_minmax(0,1fr)] md:pb-0">
      <aside className="sticky top-0 hidden h-dvh flex-col border-line border-r bg-sunken/60 px-3 py-4 md:flex">
        {head}
        <nav aria-label={label} className="mt-6 flex-1">
          <ul className="space-y-0.5">
            {entries.map((entry) => (
              <li key={entry.to}>
                <Link
                  to={entry.to}
                  activeOptions={{ includeSearch: false, exact: entry.isExact }}
                  className="flex items-center gap-2.5 rounded-lg px-2.5 py-2 font-medium text-sm transition-colors hover:bg-ink/5 hover:text-ink"
                  activeProps={{ className: "bg-ink/7 text-ink" }}
                  inactiveProps={{ className: "text-muted" }}
                >
                  <entry.icon className="size-4.5" aria-hidden />
                  {entry.label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        {foot}
      </aside>
      <header className="sticky top-0 z-20 flex h-14 items-center gap-2 border-line border-b bg-canvas/90 px-3 backdrop-blur-md md:hidden">
        <Link to={paths.home()} aria-label="Bailiwick" className="rounded-lg p-1">
          <Mark />
        </Link>
        <div className="min-w-0 flex-1">{head}</div>
        {corner}
      </header>
      <main
        id={MAIN_ID}
        tabIndex={-1}
        className="mx-auto w-full max-w-5xl px-4 py-7 outline-none sm:px-8 sm:py-10 lg:px-12"
      >
        {children}
      </main>
      <Bar label={label} entries={entries} />
    </div>
  );
}

/** The navigation at the bottom of a phone. Where there are more entries than room it scrolls, and begins with where one is in sight. */
function Bar({ label, entries }: Pick<FrameProps, "label" | "entries">) {
  const list = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path decides which entry is the current one.
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>("[aria-current=page]");
    if (!list.current || !current) return;
    list.current.scrollLeft =
      current.offsetLeft - (list.current.clientWidth - current.offsetWidth) / 2;
  }, [pathname]);
  return (
    <nav
      aria-label={label}
      className="fixed inset-x-0 bottom-0 z-20 border-line border-t bg-canvas/95 pb-[env(safe-area-inset-bottom)] backdrop-blur-md md:hidden"
    >
      <ul ref={list} className="flex overflow-x-auto [scrollbar-width:none]">
        {entries.map((entry) => (
          <li key={entry.to} className="min-w-fit flex-1">
            <Link
              to={entry.to}
              activeOptions={{ includeSearch: false, exact: entry.isExact }}
              className="flex h-15 flex-col items-center justify-center gap-1 px-2 font-medium text-xs outline-offset-[-2px]"
              activeProps={{ className: "text-accent-text" }}
              inactiveProps={{ className: "text-muted" }}
            >
              <entry.icon className="size-5" aria-hidden />
              {entry.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
