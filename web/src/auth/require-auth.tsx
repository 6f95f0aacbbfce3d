import { useClerk } from "@clerk/react";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { AppSkeleton } from "@/components/app-skeleton";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";
import { paths, RETURN_PARAMETER } from "@/lib/paths";
import { ActingEnded } from "./acting-ended";
import { IdentityProvider, useSteadyUser } from "./identity";
import { sessionRefusal, useSessionRefusal } from "./refusal";
import { useClerkStatus } from "./status";

/**
 * Shows its children to signed-in people and sends everybody else to sign in, with the way back;
 * whose session waits for something that they must do first, to that.
 */
export function RequireAuth({ children }: { children: ReactNode }) {
  const { user, isSignedOut, task } = useSteadyUser();
  const refusal = useSessionRefusal();
  const status = useClerkStatus();
  const here = useRouterState({ select: ({ location }) => location.href });
  const leaving = useRouterState({
    select: ({ location, resolvedLocation }) => location.href !== resolvedLocation?.href,
  });
  const navigate = useNavigate();

  const sent = useRef(false);
  useEffect(() => {
    if (!isSignedOut) sent.current = false;
    // Once is enough, and not where the page is being left already, as after signing out: an address
    // that changes meanwhile must not count as a way back.
    if (!isSignedOut || leaving || sent.current) return;
    sent.current = true;
    void navigate({
      to: "/sign-in/$",
      params: { _splat: task ? `tasks/${task}` : "" },
      search: { [RETURN_PARAMETER]: here },
      replace: true,
    });
  }, [task, isSignedOut, leaving, here, navigate]);

  if (status === "error" && !user) return <IdentityUnreachable />;
  if (!user) return <AppSkeleton />;
  if (refusal?.code === "AUTH_USER_NOT_FOUND")
    return <AccountUnknown requestId={refusal.requestId} />;
  if (refusal?.code === "AUTH_IMPERSONATION_INVALID")
    return <ActingEnded requestId={refusal.requestId} />;
  if (refusal) return <SignInAgain here={here} />;
  return <IdentityProvider value={user}>{children}</IdentityProvider>;
}

function SignInAgain({ here }: { here: string }) {
  const clerk = useClerk();
  const [from] = useState(here);
  useEffect(() => {
    void clerk.signOut({ redirectUrl: paths.signIn(from) }).finally(sessionRefusal.clear);
  }, [clerk, from]);
  return <AppSkeleton />;
}

function AccountUnknown({ requestId }: { requestId: string | undefined }) {
  const clerk = useClerk();
  return (
    <Notice
      title="This account has no place here"
      requestId={requestId}
      actions={
        <Button
          onClick={() =>
            void clerk.signOut({ redirectUrl: paths.home() }).finally(sessionRefusal.clear)
          }
        >
          Sign out
        </Button>
      }
    >
      You are signed in, but the account was closed or is not known to this installation. Sign out
      and use another account, or ask the people who run it.
    </Notice>
  );
}

function IdentityUnreachable() {
  return (
    <Notice
      title="Sign-in cannot be reached"
      actions={<Button onClick={() => window.location.reload()}>Try again</Button>}
    >
      The service that signs people in did not answer. Your work is safe; try again in a moment.
    </Notice>
  );
}
