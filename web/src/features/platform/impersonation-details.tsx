import type { Impersonation } from "@/api/types";
import { formatDateTime } from "@/lib/format";
import { isOpen } from "./data";
import { Fact, Facts } from "./facts";
import { PersonLink } from "./person-link";
import { personName } from "./words";

/** Everything that is known of an impersonation. */
export function ImpersonationDetails({ impersonation }: { impersonation: Impersonation }) {
  const { user, impersonator, beganAt, endedAt, endedBy, error } = impersonation;
  const isFailed = impersonation.status === "failed";
  return (
    <div className="space-y-5">
      {error && (
        <p className="break-words rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          The identity provider made no link: {error}
        </p>
      )}
      <Facts>
        <Fact label="Who">
          <PersonLink id={impersonator.id}>{personName(impersonator)}</PersonLink>
        </Fact>
        <Fact label="As whom">
          <PersonLink id={user.id}>{personName(user)}</PersonLink>
        </Fact>
        <Fact label="Reason" wide>
          {impersonation.reason}
        </Fact>
        <Fact label="Asked for">{formatDateTime(impersonation.createdAt)}</Fact>
        <Fact label="Begun">
          {beganAt ? formatDateTime(beganAt) : isFailed ? undefined : "the link was not used"}
        </Fact>
        <Fact label={isOpen(impersonation) ? "At the latest" : "Time until"}>
          {isFailed ? undefined : formatDateTime(impersonation.expiresAt)}
        </Fact>
        <Fact label="Ended">
          {endedAt &&
            !isFailed &&
            `${formatDateTime(endedAt)}${endedBy ? ` by ${personName(endedBy)}` : ""}`}
        </Fact>
        <Fact label="Id" mono copy={impersonation.id}>
          {impersonation.id}
        </Fact>
      </Facts>
    </div>
  );
}
