import { createRouter } from "@tanstack/react-router";
import { AppSkeleton } from "@/components/app-skeleton";
import { Failure, NotFound } from "@/components/failure";
import { routeTree } from "./routeTree.gen";

/** The router over all pages. */
export function createAppRouter() {
  return createRouter({
    routeTree,
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingComponent: AppSkeleton,
    defaultErrorComponent: Failure,
    defaultNotFoundComponent: NotFound,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
