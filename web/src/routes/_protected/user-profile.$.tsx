import { UserProfile } from "@clerk/react";
import { createFileRoute } from "@tanstack/react-router";
import { wide } from "@/auth/appearance";
import { InPerson } from "@/auth/in-person";
import { Skeleton } from "@/components/ui/bits";
import { WidePage } from "@/features/landing/wide-page";

export const Route = createFileRoute("/_protected/user-profile/$")({ component: Page });

function Page() {
  return (
    <InPerson>
      <WidePage title="Your account">
        <UserProfile
          routing="path"
          path="/user-profile"
          appearance={wide}
          fallback={<Skeleton className="h-140 rounded-2xl" />}
        />
      </WidePage>
    </InPerson>
  );
}
