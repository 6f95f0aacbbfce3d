import { createFileRoute, redirect } from "@tanstack/react-router";

/** How far the provider has come with the link of an invitation's mail. */
const STATUS = "__clerk_status";

/**
 * Where the mail of an invitation leads: on to the page that its ticket is for. Who is signed in
 * already has accepted it by the link alone.
 */
export const Route = createFileRoute("/invitation")({
  validateSearch: (search: Record<string, unknown>) => search,
  beforeLoad: ({ search }) => {
    if (search[STATUS] === "sign_up") {
      throw redirect({ to: "/sign-up/$", params: { _splat: "" }, search, replace: true });
    }
    if (search[STATUS] === "sign_in") {
      throw redirect({ to: "/sign-in/$", params: { _splat: "" }, search, replace: true });
    }
    throw redirect({ to: "/dashboard", replace: true });
  },
});
