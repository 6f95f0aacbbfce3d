import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { type Api, take } from "@/api/client";
import { reasonName, sentences } from "@/api/needs";
import { Card } from "@/components/ui/bits";
import { policyQuery } from "@/features/team/data";
import { useOrg } from "./context";
import { roleName } from "./words";

function needsQuery(api: Api, orgId: string, permission: string) {
  return {
    queryKey: ["org", orgId, "needs", permission],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const { results } = await take(
        api.POST("/api/v1/authz/check", { body: { checks: [{ permission }] }, signal }),
      );
      return results[0]?.refusal ?? null;
    },
    retry: false,
  };
}

/** Stands in for what the reader's role does not reach, and says what would be needed. */
export function AccessDenied({ what, permission }: { what: string; permission: string }) {
  const { api, org } = useOrg();
  // Both only add to what is said: without an answer it is said shorter.
  const refusal = useQuery(needsQuery(api, org.id, permission)).data;
  const policy = useQuery(policyQuery(api)).data;
  return (
    <Card role="alert" className="flex flex-col items-start gap-4 p-6 sm:flex-row sm:p-8">
      <div className="grid size-11 shrink-0 place-items-center rounded-xl bg-ink/6 text-muted">
        <Lock className="size-5" aria-hidden />
      </div>
      <div className="max-w-prose space-y-2 text-muted text-sm">
        <h2 className="font-semibold text-ink text-lg leading-tight">You may not see this</h2>
        <p>
          As {roleName(org.userRole).toLowerCase()} of {org.name} you do not reach {what}. It takes
          the permission <code className="font-mono text-[0.8125rem] text-ink">{permission}</code>.
        </p>
        {refusal && (
          <ul className="list-disc space-y-1 pl-4.5">
            {[reasonName(refusal), ...sentences(refusal, policy)]
              .filter((sentence) => sentence !== undefined)
              .map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
          </ul>
        )}
        <p>An owner or an admin can change that; this page follows by itself.</p>
      </div>
    </Card>
  );
}
