import { useInfiniteQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useState } from "react";
import type { MemberStatus, Policy } from "@/api/types";
import { Listing } from "@/components/listing";
import { Card, EmptyState } from "@/components/ui/bits";
import { Select } from "@/components/ui/select";
import { useOrg } from "@/features/orgs/context";
import { teamQuery } from "./data";
import { MemberRow } from "./member-row";

const STATUSES: ReadonlyArray<{ value: MemberStatus; label: string }> = [
  { value: "active", label: "Active" },
  { value: "suspended", label: "Suspended" },
  { value: "pending", label: "Waiting" },
];

/** Who belongs to the organization. */
export function MembersTab({ policy }: { policy: Policy }) {
  const { api, org } = useOrg();
  const [status, setStatus] = useState<MemberStatus>("active");
  const query = useInfiniteQuery(teamQuery(api, org.id, status));
  return (
    <div>
      <div className="mb-4 flex justify-end">
        <Select
          label="Which members"
          value={status}
          options={STATUSES}
          onValueChange={(next: MemberStatus) => setStatus(next)}
          className="w-36"
        />
      </div>
      <Listing
        query={query}
        what="the members"
        hint={4}
        empty={
          <EmptyState icon={<Users aria-hidden />} title="Nobody here">
            {status === "suspended"
              ? "Nobody is suspended. Who is, keeps role and grants and is let in nowhere."
              : status === "pending"
                ? "Nobody waits for the end of a membership elsewhere."
                : "There is no member to show."}
          </EmptyState>
        }
      >
        {(members) => (
          <Card>
            <ul aria-label="Members of the organization" className="divide-y divide-line">
              {members.map((member) => (
                <MemberRow key={member.userId} member={member} policy={policy} />
              ))}
            </ul>
          </Card>
        )}
      </Listing>
    </div>
  );
}
