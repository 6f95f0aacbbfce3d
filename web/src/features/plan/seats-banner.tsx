import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { UsersRound } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useOrg } from "@/features/orgs/context";
import { seatsQuery } from "@/features/team/data";
import { paths } from "@/lib/paths";
import { seatsNotice } from "./words";

/**
 * Tells who may invite that there are more people than the plan has room for; with `whenFull`, that
 * there are as many. What the others do not decide they are not told.
 */
export function SeatsBanner({ whenFull }: { whenFull?: boolean }) {
  const { api, org, slug, may } = useOrg();
  const { data: seats } = useQuery({ ...seatsQuery(api, org.id), enabled: may("users:invite") });
  const notice = seatsNotice(may("users:invite") ? seats : undefined);
  const isFull = seats !== undefined && seats.taken === seats.max;
  if (!notice || isFull !== Boolean(whenFull)) return null;
  return (
    <section
      aria-label={notice.title}
      className="mb-6 flex flex-col gap-3 rounded-xl bg-warning-soft px-4 py-3 text-sm text-warning-text sm:flex-row sm:items-center"
    >
      <UsersRound className="size-5 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1" role="status">
        <p className="font-semibold">{notice.title}</p>
        <p>{notice.text}</p>
      </div>
      <Button asChild variant="secondary" size="sm">
        <Link to={paths.billing(slug)}>Plans</Link>
      </Button>
    </section>
  );
}
