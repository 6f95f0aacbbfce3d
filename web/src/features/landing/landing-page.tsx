import { UserButton, useAuth, useUser } from "@clerk/react";
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { Brand } from "@/components/brand";
import { ParcelMap } from "@/components/parcel-map";
import { MAIN_ID } from "@/components/skip-link";
import { ThemeToggle } from "@/components/theme-toggle";
import { useTitle } from "@/components/title";
import { Button } from "@/components/ui/button";
import { useConfig } from "@/config/config";
import { paths } from "@/lib/paths";
import { Chain } from "./chain";

const PROMISES = [
  {
    title: "Walls, not filters",
    text: "Every row belongs to one organization, and the database itself refuses the rest. A forgotten condition shows nothing rather than everything.",
  },
  {
    title: "Rights that follow the facts",
    text: "A role is read where it is kept, not out of an old token. Somebody who leaves is out within a second, and you need not wait for anything to expire.",
  },
  {
    title: "Files straight to their place",
    text: "Documents travel from the browser to the store with a checksum, a hundred at a time if need be, and are listed once they have truly arrived.",
  },
] as const;

/** What this is, and the two ways in. */
export function LandingPage() {
  useTitle();
  const { version } = useConfig();
  return (
    <div className="min-h-dvh">
      <Header />
      <main id={MAIN_ID} tabIndex={-1} className="outline-none">
        <Hero />
        <section aria-labelledby="chain" className="border-line border-y bg-sunken/60">
          <div className="mx-auto max-w-6xl px-5 py-16 sm:px-8 sm:py-24">
            <h2
              id="chain"
              className="max-w-xl font-semibold text-[1.75rem] leading-tight sm:text-4xl"
            >
              From a session to a row, without a gap
            </h2>
            <p className="mt-4 max-w-xl text-lg text-muted">
              The way from “somebody signed in” to “these rows and no others” is where products
              leak. Here it is one line, checked at every step.
            </p>
            <Chain />
          </div>
        </section>
        <section
          aria-labelledby="promises"
          className="mx-auto max-w-6xl px-5 py-16 sm:px-8 sm:py-24"
        >
          <h2 id="promises" className="sr-only">
            What you can rely on
          </h2>
          <ul className="grid gap-10 md:grid-cols-3">
            {PROMISES.map((promise) => (
              <li key={promise.title} className="border-accent border-t-2 pt-5">
                <h3 className="font-semibold text-xl">{promise.title}</h3>
                <p className="mt-2.5 text-muted">{promise.text}</p>
              </li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="begin" className="mx-auto max-w-6xl px-5 pb-16 sm:px-8 sm:pb-24">
          <div className="flex flex-col items-start gap-6 rounded-3xl bg-accent px-7 py-12 text-accent-ink sm:flex-row sm:items-center sm:justify-between sm:px-12">
            <h2 id="begin" className="max-w-md font-semibold text-2xl leading-tight sm:text-3xl">
              Mark out your ground. It takes a minute.
            </h2>
            <Button asChild size="lg" className="bg-accent-ink text-accent hover:bg-accent-ink/90">
              <Link to={paths.signUp()}>
                Create an account
                <ArrowRight aria-hidden />
              </Link>
            </Button>
          </div>
        </section>
      </main>
      <footer className="border-line border-t">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 gap-y-3 px-5 py-8 text-muted text-sm sm:px-8">
          <Brand className="text-ink" />
          <a href={paths.apiReference()} className="rounded-sm hover:text-ink">
            API reference
          </a>
          <span className="tabular sm:ml-auto">Version {version}</span>
        </div>
      </footer>
    </div>
  );
}

function Header() {
  const { isSignedIn, user } = useUser();
  return (
    <header className="sticky top-0 z-20 border-transparent border-b bg-canvas/85 backdrop-blur-md">
      <div className="mx-auto flex h-16 max-w-6xl items-center gap-1.5 px-5 sm:px-8">
        <Link to={paths.home()} className="mr-auto inline-flex rounded-lg">
          <Brand />
        </Link>
        <ThemeToggle />
        {isSignedIn ? (
          <>
            {user?.firstName && (
              <p className="mr-2 text-muted text-sm max-md:hidden">Welcome, {user.firstName}!</p>
            )}
            <Button asChild className="mr-2 max-sm:hidden">
              <Link to={paths.dashboard()}>Open the workspace</Link>
            </Button>
            <UserButton />
          </>
        ) : (
          <>
            <Button asChild variant="quiet" className="max-sm:px-3">
              <Link to={paths.signIn()}>Sign in</Link>
            </Button>
            <Button asChild className="max-sm:hidden">
              <Link to={paths.signUp()}>Create an account</Link>
            </Button>
          </>
        )}
      </div>
    </header>
  );
}

function Hero() {
  const { isSignedIn, userId } = useAuth();
  return (
    <section className="mx-auto grid max-w-6xl items-center gap-10 px-5 pt-10 pb-16 sm:px-8 lg:grid-cols-[1.05fr_1fr] lg:gap-16 lg:pt-16 lg:pb-28">
      <div>
        <h1 className="font-semibold text-[2.625rem] leading-[1.04] tracking-[-0.035em] sm:text-6xl lg:text-[4.25rem]">
          Every organization on its own ground.
        </h1>
        <p className="mt-6 max-w-lg text-lg text-muted sm:text-xl">
          Bailiwick is a workspace for companies that keep their projects, documents and people to
          themselves, and a back end that sees to it.
        </p>
        <div className="mt-9 flex flex-wrap gap-3">
          <Button asChild size="lg">
            <Link to={isSignedIn ? paths.dashboard() : paths.signUp()} key={userId ?? "nobody"}>
              {isSignedIn ? "Open the workspace" : "Create an account"}
              <ArrowRight aria-hidden />
            </Link>
          </Button>
          {!isSignedIn && (
            <Button asChild size="lg" variant="secondary">
              <Link to={paths.signIn()}>Sign in</Link>
            </Button>
          )}
        </div>
      </div>
      <div className="relative">
        <ParcelMap
          drawn
          busy
          className="aspect-[4/3] w-full rounded-3xl border border-line lg:aspect-[1/1.02]"
        />
      </div>
    </section>
  );
}
