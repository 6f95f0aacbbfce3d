import { ClerkProvider } from "@clerk/react";
import type { AnyRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Config } from "@/api/types";
import { paths } from "@/lib/paths";
import { appearanceAt } from "./appearance";

/** Clerk, told where its scripts and its API are and how this page navigates. */
export function Auth({
  config,
  router,
  children,
}: {
  config: Config;
  router: AnyRouter;
  children: ReactNode;
}) {
  return (
    <ClerkProvider
      publishableKey={config.publishableKey}
      proxyUrl={config.proxyUrl ?? undefined}
      telemetry={false}
      signInUrl={config.signInUrl}
      signUpUrl={config.signUpUrl}
      waitlistUrl={paths.waitlist()}
      signInFallbackRedirectUrl={paths.dashboard()}
      signUpFallbackRedirectUrl={paths.dashboard()}
      afterSignOutUrl={paths.home()}
      routerPush={(to) => router.history.push(to)}
      routerReplace={(to) => router.history.replace(to)}
      appearance={appearanceAt(config.proxyUrl)}
    >
      {children}
    </ClerkProvider>
  );
}
