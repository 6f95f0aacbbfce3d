import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import type { Me } from "@/api/types";
import { cn } from "@/lib/cn";
import { paths } from "@/lib/paths";

/** Tells those whose e-mail is somebody else's as well, and leads to what it means. */
export function ConflictBanner({
  conflict,
  className,
}: {
  conflict: Me["conflict"] | undefined;
  className?: string;
}) {
  if (!conflict) return null;
  return (
    <div
      role="status"
      className={cn(
        "flex items-start gap-2.5 rounded-xl bg-warning-soft px-4 py-3 text-sm text-warning-text",
        className,
      )}
    >
      <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <p>
        Another account here has your e-mail as well, or waits for its owner.{" "}
        <Link
          to={paths.emailConflict()}
          className="rounded-sm font-semibold underline underline-offset-4"
        >
          What that means
        </Link>
      </p>
    </div>
  );
}
