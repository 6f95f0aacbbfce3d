import { CreateOrganization } from "@clerk/react";
import { createFileRoute } from "@tanstack/react-router";
import { wide } from "@/auth/appearance";
import { InPerson } from "@/auth/in-person";
import { Skeleton } from "@/components/ui/bits";
import { AuthPage } from "@/features/landing/auth-page";

export const Route = createFileRoute("/_protected/create-org")({ component: Page });

function Page() {
  return (
    <InPerson>
      <AuthPage title="Create an organization">
        <CreateOrganization
          routing="hash"
          afterCreateOrganizationUrl="/org/:slug/dashboard"
          appearance={wide}
          fallback={<Skeleton className="h-96 rounded-2xl" />}
        />
      </AuthPage>
    </InPerson>
  );
}
