import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { paths } from "@/lib/paths";

interface PersonLinkProps {
  id: string;
  className?: string;
  children: ReactNode;
}

/** The way to everything that is known of somebody. */
export function PersonLink({ id, className, children }: PersonLinkProps) {
  return (
    <Link
      to={paths.platformPeople()}
      search={{ id }}
      className={cn(
        "rounded-sm underline decoration-ink/25 underline-offset-4 hover:decoration-ink",
        className,
      )}
    >
      {children}
    </Link>
  );
}
