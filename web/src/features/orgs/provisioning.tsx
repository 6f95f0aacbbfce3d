import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { describeError } from "@/api/errors";
import { Notice } from "@/components/notice";
import { ParcelMap } from "@/components/parcel-map";
import { useTitle } from "@/components/title";
import { Button } from "@/components/ui/button";
import { paths } from "@/lib/paths";

const LONG_AFTER_MS = 30_000;

interface WaitingProps {
  /** What is waited for; another value starts the clock anew. */
  since: string;
  name?: string;
  problem?: unknown;
}

/** A new organization's workspace is on its way; the page goes on by itself. */
export function Waiting({ since, name, problem }: WaitingProps) {
  useTitle("Preparing");
  const [long, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    const timer = setTimeout(() => setLong(true), since ? LONG_AFTER_MS : 0);
    return () => clearTimeout(timer);
  }, [since]);
  return (
    <Notice
      title={name ? `Preparing ${name}` : "Preparing your organization"}
      figure={<ParcelMap className="h-40 w-full rounded-2xl border border-line" busy />}
      actions={
        long && (
          <Button asChild variant="secondary">
            <Link to={paths.organizations()}>Your organizations</Link>
          </Button>
        )
      }
    >
      <p role="status">
        {long
          ? "This takes longer than usual. The page keeps looking and continues by itself; you may also come back later."
          : "Its own ground is being marked out: this takes a few seconds, and the page continues by itself."}
      </p>
      {problem !== undefined && <p>The last look answered: {describeError(problem)}</p>}
    </Notice>
  );
}

/** Provisioning gave up. Nothing was lost, and somebody can set it going again. */
export function ProvisioningFailed({
  name,
  onRetry,
  busy,
}: {
  name: string;
  onRetry(): void;
  busy: boolean;
}) {
  useTitle("Not ready");
  return (
    <Notice
      title={`${name} is not ready`}
      actions={
        <>
          <Button onClick={onRetry} busy={busy}>
            Look again
          </Button>
          <Button asChild variant="secondary">
            <Link to={paths.organizations()}>Your organizations</Link>
          </Button>
        </>
      }
    >
      <p>
        Its workspace could not be prepared, after several attempts. The organization and its
        members are safe, and nothing you stored elsewhere is touched.
      </p>
      <p>
        The people who run this installation see the cause and can start it again. This page looks
        from time to time and continues by itself once it is done.
      </p>
    </Notice>
  );
}
