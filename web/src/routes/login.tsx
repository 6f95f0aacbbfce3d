import { createFileRoute, redirect } from "@tanstack/react-router";
import { returnSearch } from "@/features/landing/return-path";

export const Route = createFileRoute("/login")({
  validateSearch: returnSearch,
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/sign-in/$", params: { _splat: "" }, search, replace: true });
  },
});
