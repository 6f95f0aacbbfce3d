import { PricingTable } from "@clerk/react";
import { createFileRoute } from "@tanstack/react-router";
import { Skeleton } from "@/components/ui/bits";
import { WidePage } from "@/features/landing/wide-page";

export const Route = createFileRoute("/_protected/plans")({ component: Page });

function Page() {
  return (
    <WidePage title="Plans">
      <p aria-hidden className="mb-6 font-semibold text-[1.75rem] leading-tight">
        Plans
      </p>
      <PricingTable for="organization" fallback={<Skeleton className="h-96 rounded-2xl" />} />
    </WidePage>
  );
}
