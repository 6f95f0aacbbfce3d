import { useAuth, useSession, useUser } from "@clerk/react";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useRef } from "react";
import { sessionRefusal } from "./refusal";

/** The signed-in person, as Clerk's browser part knows them. */
export type Identity = NonNullable<ReturnType<typeof useUser>["user"]>;

const IdentityContext = createContext<Identity | undefined>(undefined);

/**
 * Who is signed in, through the moments in which Clerk changes the active organization and knows
 * nobody. Pages must not be torn down in those, or what they do would be lost. Nobody is signed in
 * whose session waits for a `task`, such as a new password: the server refuses its tokens.
 */
export function useSteadyUser(): {
  user: Identity | undefined;
  isSignedOut: boolean;
  task: string | undefined;
} {
  const { isLoaded, user } = useUser();
  const { session } = useSession();
  const task = session?.currentTask?.key;
  const present = task ? undefined : user;
  const last = useRef<Identity>(undefined);
  if (present) last.current = present;
  else if (isLoaded) last.current = undefined;
  return { user: last.current, isSignedOut: isLoaded && !present, task };
}

/** Makes the signed-in person known to the pages below. */
export function IdentityProvider({ value, children }: { value: Identity; children: ReactNode }) {
  return <IdentityContext value={value}>{children}</IdentityContext>;
}

/** The signed-in person. */
export function useIdentity(): Identity {
  const identity = use(IdentityContext);
  if (!identity) throw new Error("useIdentity outside of IdentityProvider");
  return identity;
}

/** Forgets what one person has read as soon as another one, or nobody, is signed in. */
export function ForgetOnChange() {
  const { isLoaded, userId } = useAuth();
  const client = useQueryClient();
  const last = useRef<string | null>(null);
  useEffect(() => {
    if (!isLoaded) return;
    const before = last.current;
    last.current = userId ?? null;
    if (before === last.current) return;
    sessionRefusal.clear();
    if (before) client.clear();
  }, [isLoaded, userId, client]);
  return null;
}
