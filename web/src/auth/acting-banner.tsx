import { useClerk, useSession } from "@clerk/react";
import { Eye } from "lucide-react";
import { Button } from "@/components/ui/button";
import { paths } from "@/lib/paths";

/** Says so on every page where somebody else acts for the signed-in person, and ends it. */
export function ActingBanner() {
  const clerk = useClerk();
  const { session } = useSession();
  if (!session?.actor) return null;
  const { user } = session;
  return (
    <section
      aria-label="Acting for somebody"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-30 flex justify-center px-4 md:bottom-5"
    >
      <div className="pointer-events-auto flex items-center gap-2.5 rounded-xl bg-warning-soft py-2 pr-2 pl-4 font-medium text-sm text-warning-text shadow-raised">
        <Eye className="size-4 shrink-0" aria-hidden />
        <p>You act for {user?.primaryEmailAddress?.emailAddress ?? user?.fullName}.</p>
        <Button
          variant="quiet"
          size="sm"
          onClick={() => void clerk.signOut({ sessionId: session.id, redirectUrl: paths.home() })}
        >
          Stop
        </Button>
      </div>
    </section>
  );
}
