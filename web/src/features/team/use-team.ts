import { useCurrentUser } from "@bailiwick/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { describeError } from "@/api/errors";
import { useNotify } from "@/components/ui/toast";
import { useOrg } from "@/features/orgs/context";
import { policyQuery, refreshTeam, teamCommands } from "./data";
import type { Viewer } from "./rights";

/** Who looks, and by which policy. */
export function useViewer(): Viewer {
  const { org, may } = useOrg();
  const { user } = useCurrentUser();
  const userId = user?.id;
  return useMemo(() => ({ userId, role: org.userRole, may }), [userId, org.userRole, may]);
}

/** The policy, once it is known. */
export function usePolicy() {
  const { api } = useOrg();
  return useQuery(policyQuery(api));
}

/** What an answer may say of a change: decided here, and on its way to the identity provider. */
interface Changed {
  change?: { state: string } | null;
}

/**
 * One change of the team: it is told of when it is done, when it is on its way, and when it was
 * refused; what is shown is read anew in any case.
 */
export function useTeamChange<V, T>(
  run: (commands: ReturnType<typeof teamCommands>, variables: V) => Promise<T>,
  { done, onDone, quiet }: { done(variables: V): string; onDone?(): void; quiet?: boolean },
) {
  const { api, org } = useOrg();
  const client = useQueryClient();
  const notify = useNotify();
  const commands = useMemo(() => teamCommands(api, org.id), [api, org.id]);
  return useMutation({
    mutationFn: (variables: V) => run(commands, variables),
    onSuccess: (answer, variables) => {
      const isOnItsWay = (answer as Changed | undefined)?.change?.state === "pending";
      const rest = isOnItsWay ? " The identity provider follows as soon as it answers." : "";
      notify("good", done(variables) + rest);
      onDone?.();
    },
    onError: (error) => {
      if (!quiet) notify("bad", describeError(error));
    },
    onSettled: () => refreshTeam(client, org.id),
  });
}
