import { useClerk } from "@clerk/react";
import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/copy-button";
import { PageHeader } from "@/components/page-header";
import { useTitle } from "@/components/title";
import { Badge, Card } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { formatDate } from "@/lib/format";
import { useOrg } from "./context";
import { provisioningName, roleName, tierName } from "./words";

/** The facts of an organization and the people in it. Names, roles and invitations are changed in Clerk's own panel. */
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
            Manage organization
          </Button>
        }
      >
        What {org.name} is here, and where it stands.
      </PageHeader>
      <section aria-labelledby="facts" className="mb-10">
        <h2 id="facts" className="mb-3 font-semibold">
          Organization
        </h2>
        <Card>
          <dl className="divide-y divide-line">
            <Fact label="Name">{org.name}</Fact>
            <Fact label="Address">
              <span className="break-all">/org/{slug}</span>
            </Fact>
            <Fact label="Tier">
              <Badge tone={org.tier === "pro" ? "accent" : "plain"}>{tierName(org.tier)}</Badge>
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
