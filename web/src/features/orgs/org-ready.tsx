import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError, isProvisioning, isTransient } from "@/api/errors";
import type { Organization } from "@/api/types";
import { useOrg } from "./context";
import { organizationQuery } from "./data";
import { ProvisioningFailed, Waiting } from "./provisioning";
import { isReady } from "./words";

const POLL_MS = 2000;

/**
 * Opens an organization's pages once its workspace stands. Until then it waits, as long as the
 * server asks between two looks, and goes on by itself.
 */
export function OrgReady({ children }: { children: ReactNode }) {
  const { org, api } = useOrg();
  const client = useQueryClient();
  const refused = useRefusedByProvisioning(org.id);
  useEndOfMembership(org.id);
  const waiting = !isReady(org.provisioningStatus) || refused;

  const query = useQuery({
    ...organizationQuery(api, org.id),
    enabled: waiting,
    retry: false,
    staleTime: 0,
    refetchInterval: ({ state }) => {
      const status = state.data?.provisioningStatus;
      if (status === "FAILED") return POLL_MS * 5;
      const asked = state.error instanceof ApiError ? state.error.retryAfterMs : undefined;
      return asked ?? POLL_MS;
    },
  });

  const latest = query.data;
  const status = latest?.provisioningStatus ?? org.provisioningStatus;
  const checkedAt = query.dataUpdatedAt;
  useEffect(() => {
    if (!waiting || !checkedAt || !latest || !isReady(latest.provisioningStatus)) return;
    const goOn = () => {
      client.setQueriesData<Organization[]>({ queryKey: ["organizations"] }, (all) =>
        all?.map((one) => (one.id === latest.id ? latest : one)),
      );
      void client.resetQueries({ queryKey: ["org", latest.id] });
    };
    // A page that was just refused is not asked again at once, or the two would chase each other.
    const timer = setTimeout(goOn, refused ? POLL_MS : 0);
    return () => clearTimeout(timer);
  }, [waiting, checkedAt, latest, refused, client]);

  if (!waiting) return children;
  if (status === "FAILED" || isFailure(query.error)) {
    return (
      <ProvisioningFailed
        name={org.name}
        onRetry={() => void query.refetch()}
        busy={query.isFetching}
      />
    );
  }
  const stuck = query.error && !isTransient(query.error) && !isEarly(query.error);
  return <Waiting since={org.id} name={org.name} problem={stuck ? query.error : undefined} />;
}

/** In the first moments after its creation an organization may be refused: the membership is on its way. */
function isEarly(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 403 || error.status === 404);
}

function isFailure(error: unknown): boolean {
  return error instanceof ApiError && error.code === "TENANT_PROVISIONING_FAILED";
}

/** Looks up the organizations anew when one of them turns its own pages away: the membership has ended. */
function useEndOfMembership(orgId: string): void {
  const client = useQueryClient();
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ type, query }) => {
        const { error, fetchStatus } = query.state;
        const ended = error instanceof ApiError && error.code === "TENANT_ACCESS_DENIED";
        if (type !== "updated" || !ended || fetchStatus !== "idle") return;
        if (query.queryKey[0] === "org" && query.queryKey[1] === orgId) {
          void client.invalidateQueries({ queryKey: ["organizations"] });
        }
      }),
    [client, orgId],
  );
}

/** Whether a page of this organization was just told to wait. */
function useRefusedByProvisioning(orgId: string): boolean {
  const client = useQueryClient();
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    const cache = client.getQueryCache();
    const look = () =>
      setRefused(
        cache
          .findAll({ queryKey: ["org", orgId] })
          .some(({ state }) => isProvisioning(state.error) || isFailure(state.error)),
      );
    look();
    return cache.subscribe(look);
  }, [client, orgId]);
  return refused;
}
