import { useClerk } from "@clerk/react";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import type { Me } from "@/api/types";
import { useApi } from "@/auth/api";
import { useIdentity } from "@/auth/identity";
import { AppSkeleton } from "@/components/app-skeleton";
import { Notice } from "@/components/notice";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Button } from "@/components/ui/button";
import { paths } from "@/lib/paths";
import { meQuery } from "./data";

/** How often it is looked whether the question is settled. */
const LOOK_MS = 15_000;

/** The caller's e-mail belongs to somebody else here as well: says what that means, and what helps. */
export function ConflictPage() {
  useTitle("Your e-mail is in question");
  const user = useIdentity();
  const api = useApi();
  const query = useQuery({
    ...meQuery(api, user.id),
    staleTime: 0,
    refetchInterval: LOOK_MS,
  });
  if (query.isPending) return <AppSkeleton />;
  if (query.isError && !query.data) {
    return (
      <Notice title="One moment">
        <ProblemView error={query.error} what="your account" onRetry={() => void query.refetch()} />
      </Notice>
    );
  }
  const { conflict, email } = query.data;
  if (!conflict) return <Navigate to={paths.dashboard()} replace />;
  const address = email ?? user.primaryEmailAddress?.emailAddress;
  return <Conflict conflict={conflict} email={address ?? "your address"} />;
}

function Conflict({ conflict, email }: { conflict: NonNullable<Me["conflict"]>; email: string }) {
  const clerk = useClerk();
  const isProven = conflict === "shared_email";
  const address = <strong className="break-all font-[550] text-ink">{email}</strong>;
  return (
    <Notice
      title="Your e-mail is in question"
      actions={
        <>
          {!isProven && (
            <Button onClick={() => clerk.openUserProfile()}>Confirm the address</Button>
          )}
          <Button asChild variant={isProven ? "primary" : "secondary"}>
            <Link to={paths.organizations()}>Your organizations</Link>
          </Button>
        </>
      }
    >
      {isProven ? (
        <p>
          Another account here has {address} as well. Nobody can tell from that alone whose it is.
        </p>
      ) : (
        <p>
          An account here waits for the owner of {address}. You have not confirmed yet that it is
          you.
        </p>
      )}
      <p>
        So the two stay apart: you see nothing of the other account, and its owner sees nothing of
        yours. What you do here is kept.
      </p>
      <p role="status">
        The people who run this installation see it, and will settle it. If the other account is
        yours too, write to them. This page goes on by itself then.
      </p>
    </Notice>
  );
}
