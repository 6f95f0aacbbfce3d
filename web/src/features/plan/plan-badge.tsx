import { Link } from "@tanstack/react-router";
import { useOrg } from "@/features/orgs/context";
import { cn } from "@/lib/cn";
import { paths } from "@/lib/paths";
import { planName } from "./words";

/** The plan of the organization, in the head of its pages: the way to where it is changed. */
export function PlanBadge() {
  const { org, slug } = useOrg();
  const name = planName(org);
  const isMoving = org.move !== null;
  const isRaised = name !== "Starter" && name !== "Free";
  return (
    <Link
      to={paths.billing(slug)}
      aria-label={`Plan: ${name}${isMoving ? ", moving" : ""}`}
      className={cn(
        "inline-flex shrink-0 items-center gap-1.5 rounded-full px-2.5 py-1 font-[550] text-xs transition-colors",
        isRaised
          ? "bg-accent-soft text-accent-text hover:bg-accent-soft/70"
          : "bg-ink/6 text-muted hover:text-ink",
      )}
    >
      {isMoving && <span aria-hidden className="size-1.5 animate-pulse rounded-full bg-current" />}
      {name}
    </Link>
  );
}
