import { Link } from "@tanstack/react-router";
import { Mail } from "lucide-react";
import type { ReactNode } from "react";
import { Brand } from "@/components/brand";
import { ParcelMap } from "@/components/parcel-map";
import { MAIN_ID } from "@/components/skip-link";
import { ThemeToggle } from "@/components/theme-toggle";
import { useTitle } from "@/components/title";
import { useConfig } from "@/config/config";
import { paths } from "@/lib/paths";

interface AuthPageProps {
  title: string;
  /** Codes are sent from here: say where they arrive in development. */
  hint?: boolean;
  children: ReactNode;
}

/** The frame around Clerk's large components. */
export function AuthPage({ title, hint, children }: AuthPageProps) {
  useTitle(title);
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,0.85fr)]">
      <div className="flex flex-col">
        <header className="flex items-center justify-between px-5 py-4 sm:px-8">
          <Link to={paths.home()} className="inline-flex rounded-lg">
            <Brand />
          </Link>
          <ThemeToggle />
        </header>
        <main
          id={MAIN_ID}
          tabIndex={-1}
          className="flex flex-1 flex-col items-center justify-center px-4 pt-4 pb-16 outline-none"
        >
          <div className="w-full max-w-100">
            {children}
            {hint && <MailboxHint />}
          </div>
        </main>
      </div>
      <div className="relative hidden overflow-hidden border-line border-l lg:block">
        <ParcelMap className="absolute inset-0 size-full" />
      </div>
    </div>
  );
}

/** In development mail goes nowhere but into a mailbox on this machine. */
function MailboxHint() {
  const { environment, mailboxUrl } = useConfig();
  if (environment !== "development" || !mailboxUrl) return null;
  return (
    <p className="mt-5 flex items-start gap-2.5 rounded-xl bg-warning-soft px-4 py-3 text-sm text-warning-text">
      <Mail className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        This is a development installation. Codes arrive in{" "}
        <a
          href={mailboxUrl}
          target="_blank"
          rel="noreferrer"
          className="rounded-sm font-semibold underline underline-offset-4"
        >
          its own mailbox
        </a>
        , and nothing is really sent.
      </span>
    </p>
  );
}
