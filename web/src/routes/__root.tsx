import { createRootRoute, Outlet } from "@tanstack/react-router";
import { ActingBanner } from "@/auth/acting-banner";
import { Failure, NotFound } from "@/components/failure";
import { OfflineBanner } from "@/components/offline-banner";
import { RouteFocus } from "@/components/route-focus";
import { SkipLink } from "@/components/skip-link";

export const Route = createRootRoute({
  component: Root,
  errorComponent: Failure,
  notFoundComponent: NotFound,
});

function Root() {
  return (
    <>
      <SkipLink />
      <RouteFocus />
      <OfflineBanner />
      <ActingBanner />
      <Outlet />
    </>
  );
}
