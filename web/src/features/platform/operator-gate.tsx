import { BailiwickProvider } from "@bailiwick/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useApi, useTokenSource } from "@/auth/api";
import { useIdentity } from "@/auth/identity";
import { AppSkeleton } from "@/components/app-skeleton";
import { Notice } from "@/components/notice";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Button } from "@/components/ui/button";
import { meQuery } from "@/features/account/data";
import { LiveUpdates } from "@/features/live/live-updates";
import { paths } from "@/lib/paths";
import { OperatorContext } from "./context";
import { isOperator } from "./words";

/** Opens the platform's pages to those who operate the installation, and tells others what it takes. */
export function OperatorGate({ children }: { children: ReactNode }) {
  const source = useTokenSource();
  return (
    <BailiwickProvider getToken={source}>
      <LiveUpdates />
      <Gate>{children}</Gate>
    </BailiwickProvider>
  );
}

/** Opens and closes with the role, without a reload. */
function Gate({ children }: { children: ReactNode }) {
  const { id: userId } = useIdentity();
  const api = useApi();
  const query = useQuery(meQuery(api, userId));
  const me = query.data;
  const operator = useMemo(() => {
    if (!me) return undefined;
    const held = new Set(me.platformPermissions);
    const obstacle = (permission: string) =>
      held.has(permission) ? undefined : `It takes the permission ${permission}.`;
    return { me, api, obstacle };
  }, [me, api]);
  if (query.isError && !me) {
    return (
      <Notice title="One moment">
        <ProblemView error={query.error} what="your account" onRetry={() => void query.refetch()} />
      </Notice>
    );
  }
  if (!operator) return <AppSkeleton />;
  if (!isOperator(operator.me.platformRole)) return <Closed />;
  return <OperatorContext value={operator}>{children}</OperatorContext>;
}

function Closed() {
  useTitle("Not open to you");
  return (
    <Notice
      title="For those who operate this installation"
      actions={
        <Button asChild>
          <Link to={paths.dashboard()}>To the dashboard</Link>
        </Button>
      }
    >
      <p>
        These pages are about all organizations at once. It takes a platform role; whoever runs the
        server gives it with{" "}
        <code className="font-mono text-[0.8125rem] text-ink">bailiwick admin grant</code>.
      </p>
    </Notice>
  );
}
