import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/bits";
import { useOrg } from "./context";

interface PermittedProps {
  /** A key such as `projects:create`. */
  to: string;
  children: ReactNode;
  /** What stands there for everybody else; nothing, unless said. */
  fallback?: ReactNode;
}

/**
 * Shows its children to those whose role holds a permission. It spares people what would be refused;
 * the refusing is done by the server.
 */
export function Permitted({ to, children, fallback = null }: PermittedProps) {
  const { may } = useOrg();
  return may(to) ? children : fallback;
}

/** Stands in for a page that the reader's role does not reach. */
export function AccessDenied({ what, permission }: { what: string; permission: string }) {
  const { org } = useOrg();
  return (
    <Card className="flex flex-col items-start gap-4 p-6 sm:flex-row sm:p-8">
      <div className="grid size-11 shrink-0 place-items-center rounded-xl bg-ink/6 text-muted">
        <Lock className="size-5" aria-hidden />
      </div>
      <div>
        <h2 className="font-semibold text-lg leading-tight">You may not see this</h2>
        <p className="mt-1.5 max-w-prose text-muted text-sm">
          Your role in {org.name} does not reach {what}. It would need the permission{" "}
          <code className="font-mono text-[0.8125rem] text-ink">{permission}</code>; an owner or an
          admin can give you a role that holds it.
        </p>
      </div>
    </Card>
  );
}
