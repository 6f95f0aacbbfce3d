import { useSession } from "@clerk/react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";
import { paths } from "@/lib/paths";

/** Shows its children to the person themselves, and to nobody who acts for them. */
export function InPerson({ children }: { children: ReactNode }) {
  const { session } = useSession();
  if (!session?.actor) return children;
  return (
    <Notice
      title="Not in another’s name"
      actions={
        <Button asChild>
          <Link to={paths.organizations()}>Back</Link>
        </Button>
      }
    >
      Accounts, and who belongs to an organization, are changed by people themselves. You act for
      somebody in this window.
    </Notice>
  );
}
