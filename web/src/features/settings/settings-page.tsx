import { useClerk } from "@clerk/react";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/copy-button";
import { PageHeader } from "@/components/page-header";
import { useTitle } from "@/components/title";
import { Badge, Card } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { useOrg } from "@/features/orgs/context";
import { provisioningName, roleName } from "@/features/orgs/words";
import { planName } from "@/features/plan/words";
import { formatDate } from "@/lib/format";
import { paths } from "@/lib/paths";
import { DetailsForm } from "./details-form";

/** What an organization is, and what it says of itself. Its picture and its domains are changed in Clerk's own panel. */
export function SettingsPage() {
  const { org, slug } = useOrg();
  const clerk = useClerk();
  useTitle("Settings", org.name);
  return (
    <>
      <PageHeader
        title="Settings"
        actions={
          <Button variant="secondary" onClick={() => clerk.openOrganizationProfile()}>
            <ExternalLink aria-hidden />
            Picture and domains
          </Button>
        }
      >
        What {org.name} is here, and what it says of itself.
      </PageHeader>
      <section aria-labelledby="details" className="mb-10">
        <h2 id="details" className="mb-3 font-semibold">
          Organization
        </h2>
        <DetailsForm />
      </section>
      <section aria-labelledby="facts">
        <h2 id="facts" className="mb-3 font-semibold">
          Facts
        </h2>
        <Card>
          <dl className="divide-y divide-line">
            <Fact label="Plan">
              <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
                <Badge tone={org.tier === "pro" ? "accent" : "plain"}>{planName(org)}</Badge>
                <Button asChild variant="link" size="inline">
                  <Link to={paths.billing(slug)}>Plan and billing</Link>
                </Button>
              </span>
            </Fact>
            <Fact label="Workspace">{provisioningName(org.provisioningStatus)}</Fact>
            <Fact label="Your role">{roleName(org.userRole)}</Fact>
            <Fact label="Created">{formatDate(org.createdAt)}</Fact>
            <Fact label="Id">
              <span className="inline-flex min-w-0 items-center gap-1">
                <code className="min-w-0 break-all font-mono text-[0.8125rem]">{org.id}</code>
                <CopyButton text={org.id} label="Copy the id" />
              </span>
            </Fact>
          </dl>
        </Card>
      </section>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 px-4 py-3 sm:grid-cols-[11rem_1fr] sm:items-center sm:px-5">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="min-w-0 text-sm">{children}</dd>
    </div>
  );
}
