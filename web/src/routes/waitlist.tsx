import { Waitlist } from "@clerk/react";
import { createFileRoute } from "@tanstack/react-router";
import { wide } from "@/auth/appearance";
import { Skeleton } from "@/components/ui/bits";
import { AuthPage } from "@/features/landing/auth-page";
import { paths } from "@/lib/paths";

/** Where people ask to be let in, if the identity provider keeps a list of them. */
export const Route = createFileRoute("/waitlist")({ component: Page });

function Page() {
  return (
    <AuthPage title="Join the waitlist">
      <Waitlist
        signInUrl={paths.signIn()}
        appearance={wide}
        fallback={<Skeleton className="h-80 rounded-2xl" />}
      />
    </AuthPage>
  );
}
