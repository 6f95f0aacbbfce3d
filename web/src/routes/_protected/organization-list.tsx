import { OrganizationList } from "@clerk/react";
import { createFileRoute } from "@tanstack/react-router";
import { wide } from "@/auth/appearance";
import { Skeleton } from "@/components/ui/bits";
import { AuthPage } from "@/features/landing/auth-page";

export const Route = createFileRoute("/_protected/organization-list")({ component: Page });

function Page() {
  return (
    <AuthPage title="Organizations and invitations">
      <OrganizationList
        hidePersonal
        afterCreateOrganizationUrl="/org/:slug/dashboard"
        afterSelectOrganizationUrl="/org/:slug/dashboard"
        appearance={wide}
        fallback={<Skeleton className="h-96 rounded-2xl" />}
      />
    </AuthPage>
  );
}
