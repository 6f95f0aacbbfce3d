import { OrganizationProfile } from "@clerk/react";
import { createFileRoute } from "@tanstack/react-router";
import { wide } from "@/auth/appearance";
import { InPerson } from "@/auth/in-person";
import { Skeleton } from "@/components/ui/bits";
import { WidePage } from "@/features/landing/wide-page";
import { paths } from "@/lib/paths";

export const Route = createFileRoute("/_protected/organization-profile/$")({ component: Page });

function Page() {
  return (
    <InPerson>
      <WidePage title="Organization">
        <OrganizationProfile
          routing="path"
          path="/organization-profile"
          afterLeaveOrganizationUrl={paths.organizations()}
          appearance={wide}
          fallback={<Skeleton className="h-140 rounded-2xl" />}
        />
      </WidePage>
    </InPerson>
  );
}
