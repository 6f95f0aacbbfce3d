import { SignIn } from "@clerk/react";
import { createFileRoute } from "@tanstack/react-router";
import { wide } from "@/auth/appearance";
import { Skeleton } from "@/components/ui/bits";
import { AuthPage } from "@/features/landing/auth-page";
import { returnSearch, useReturnPath } from "@/features/landing/return-path";

export const Route = createFileRoute("/sign-in/$")({
  component: Page,
  validateSearch: returnSearch,
});

function Page() {
  const back = useReturnPath();
  return (
    <AuthPage title="Sign in" hint>
      <SignIn
        routing="path"
        path="/sign-in"
        forceRedirectUrl={back}
        signUpForceRedirectUrl={back}
        appearance={wide}
        fallback={<Skeleton className="h-96 rounded-2xl" />}
      />
    </AuthPage>
  );
}
