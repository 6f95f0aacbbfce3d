import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Brand } from "@/components/brand";
import { MAIN_ID } from "@/components/skip-link";
import { ThemeToggle } from "@/components/theme-toggle";
import { useTitle } from "@/components/title";
import { paths } from "@/lib/paths";

/** The frame around a component of Clerk's that wants the width of the page. */
export function WidePage({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <div className="min-h-dvh">
      <header className="flex items-center justify-between px-5 py-4 sm:px-8">
        <Link to={paths.dashboard()} className="inline-flex rounded-lg">
          <Brand />
        </Link>
        <ThemeToggle />
      </header>
      <main
        id={MAIN_ID}
        tabIndex={-1}
        className="mx-auto w-full max-w-4xl px-4 pt-2 pb-16 outline-none sm:px-8"
      >
        <h1 className="sr-only">{title}</h1>
        {children}
      </main>
    </div>
  );
}
