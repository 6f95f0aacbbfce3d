import { SignUp } from "@clerk/react";
import { createFileRoute } from "@tanstack/react-router";
import { wide } from "@/auth/appearance";
import { Skeleton } from "@/components/ui/bits";
import { AuthPage } from "@/features/landing/auth-page";
import { returnSearch, useReturnPath } from "@/features/landing/return-path";

export const Route = createFileRoute("/sign-up/$")({
  component: Page,
  validateSearch: returnSearch,
});

function Page() {
  const back = useReturnPath();
  return (
    <AuthPage title="Create an account" hint>
      <SignUp
        routing="path"
        path="/sign-up"
        forceRedirectUrl={back}
        signInForceRedirectUrl={back}
        appearance={wide}
        fallback={<Skeleton className="h-96 rounded-2xl" />}
      />
    </AuthPage>
  );
}
