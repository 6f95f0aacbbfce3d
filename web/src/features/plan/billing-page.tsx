import { PricingTable, useAuth, useClerk, useSession } from "@clerk/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, CreditCard } from "lucide-react";
import type { ReactNode } from "react";
import { wide } from "@/auth/appearance";
import { PageHeader } from "@/components/page-header";
import { useTitle } from "@/components/title";
import { Badge, Card, EmptyState, Progress, Skeleton } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { useOrg } from "@/features/orgs/context";
import { organizationQuery } from "@/features/orgs/data";
import { seatsQuery } from "@/features/team/data";
import { paths } from "@/lib/paths";
import { MoveProgress } from "./move-progress";
import { SeatsBanner } from "./seats-banner";
import { endOf, people, planName } from "./words";

/** Who pays for the organization decides here; Clerk's own table takes the money. */
const MANAGE = { permission: "org:sys_billing:manage" } as const;

const COUNT_EVERY_MS = 1000;

/** The plan of an organization: what it gives, how much of it is used, and the others. */
export function BillingPage() {
  const { org, slug } = useOrg();
  useTitle("Plan and billing", org.name);
  return (
    <>
      <PageHeader
        title="Plan and billing"
        above={
          <Link
            to={paths.orgSettings(slug)}
            className="inline-flex items-center gap-1 rounded-md text-muted hover:text-ink"
          >
            <ChevronLeft className="size-4" aria-hidden />
            Settings
          </Link>
        }
        actions={
          <Button asChild variant="secondary">
            <Link to={paths.statements()}>
              <CreditCard aria-hidden />
              Statements and payments
            </Link>
          </Button>
        }
      >
        What {org.name} pays for, and what it gets for it.
      </PageHeader>
      <SeatsBanner whenFull />
      <section aria-labelledby="plan" className="mb-10 space-y-4">
        <h2 id="plan" className="font-semibold">
          Your plan
        </h2>
        <Current />
        <CurrentMove />
      </section>
      <section aria-labelledby="plans">
        <h2 id="plans" className="mb-3 font-semibold">
          Plans
        </h2>
        <Plans />
      </section>
    </>
  );
}

/** Steps are told as events; rows are counted, so they are asked for while there is a move. */
function CurrentMove() {
  const { api, org } = useOrg();
  const isMoving = org.move !== null;
  const { data } = useQuery({
    ...organizationQuery(api, org.id),
    enabled: isMoving,
    staleTime: 0,
    refetchInterval: isMoving ? COUNT_EVERY_MS : false,
  });
  return org.move && <MoveProgress move={data?.move ?? org.move} />;
}

function Current() {
  const { org } = useOrg();
  const end = endOf(org);
  return (
    <Card>
      <dl className="divide-y divide-line">
        <Row label="Plan">
          <span className="inline-flex flex-wrap items-center gap-2">
            <Badge tone={org.planSlug === "pro" ? "accent" : "plain"}>{planName(org)}</Badge>
            {end && <span className="text-muted">{end}</span>}
          </span>
        </Row>
        <Row label="People">
          <Seats />
        </Row>
        <Row label="Data">
          {org.tier === "pro"
            ? "In a schema of its own."
            : "In the schema that smaller organizations share, kept apart row by row."}
        </Row>
      </dl>
    </Card>
  );
}

/** How many seats are taken, for who may invite; how many there are, for everybody. */
function Seats() {
  const { api, org, may } = useOrg();
  const query = useQuery({ ...seatsQuery(api, org.id), enabled: may("users:invite") });
  const seats = may("users:invite") ? (query.data ?? org.seats) : undefined;
  if (!seats) return `${org.memberCount} of ${people(org.membersMax)}.`;
  const over = seats.taken > seats.max;
  return (
    <div className="max-w-sm space-y-1.5">
      <p>
        {seats.taken} of {people(seats.max)}, whoever is invited included.
      </p>
      <Progress
        value={seats.taken / seats.max}
        label="Seats that are taken"
        tone={over ? "danger" : "accent"}
      />
    </div>
  );
}

/** Clerk's table, for those who may choose, once Clerk holds this very organization active. */
function Plans() {
  const { org, slug } = useOrg();
  const clerk = useClerk();
  const { session } = useSession();
  const { has, orgId, isLoaded } = useAuth();
  if (!isLoaded || !clerk.loaded || orgId !== org.clerkOrgId) {
    return <Skeleton className="h-96 rounded-2xl" />;
  }
  if (session?.actor || !has(MANAGE)) {
    return (
      <EmptyState icon={<CreditCard aria-hidden />} title="Somebody else chooses the plan">
        {session?.actor
          ? "Plans are chosen by people themselves, and you act for somebody in this window."
          : "It takes the right to manage billing, which owners and admins have."}
      </EmptyState>
    );
  }
  return (
    <PricingTable
      for="organization"
      newSubscriptionRedirectUrl={paths.billing(slug)}
      appearance={wide}
      fallback={<Skeleton className="h-96 rounded-2xl" />}
    />
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 px-4 py-3 sm:grid-cols-[11rem_1fr] sm:items-center sm:px-5">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="min-w-0 text-sm">{children}</dd>
    </div>
  );
}
