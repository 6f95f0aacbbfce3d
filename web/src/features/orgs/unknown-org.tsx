import { Link } from "@tanstack/react-router";
import type { Organization } from "@/api/types";
import { Notice } from "@/components/notice";
import { useTitle } from "@/components/title";
import { Button } from "@/components/ui/button";
import { paths } from "@/lib/paths";
import { OrgCards } from "./org-cards";

/** The address names an organization that is not one of mine. It does not say whether it exists. */
export function UnknownOrg({
  slug,
  organizations,
}: {
  slug: string;
  organizations: readonly Organization[];
}) {
  useTitle("Not one of your organizations");
  const none = organizations.length === 0;
  return (
    <Notice
      title="Not one of your organizations"
      actions={
        none ? (
          <Button asChild>
            <Link to={paths.createOrganization()}>Create an organization</Link>
          </Button>
        ) : undefined
      }
    >
      <p>
        You are no member of an organization at{" "}
        <strong className="break-all font-[550] text-ink">/org/{slug}</strong>. It may have another
        address by now, or you may need an invitation from one of its admins.
      </p>
      {!none && (
        <div className="space-y-3 pt-3 text-ink">
          <h2 className="font-[550] text-sm">Yours are here</h2>
          <OrgCards organizations={organizations} />
        </div>
      )}
    </Notice>
  );
}
