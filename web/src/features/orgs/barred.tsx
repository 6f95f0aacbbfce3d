import { Link } from "@tanstack/react-router";
import type { Me } from "@/api/types";
import { Notice } from "@/components/notice";
import { useTitle } from "@/components/title";
import { Button } from "@/components/ui/button";
import { paths } from "@/lib/paths";

/** The organization knows its member and does not let them in: says why, and what helps. */
export function Barred({ barred }: { barred: NonNullable<Me["barred"]> }) {
  const isSuspended = barred.status === "suspended";
  useTitle(isSuspended ? "Suspended" : "Waiting", barred.name);
  return (
    <Notice
      title={
        isSuspended
          ? `Your membership of ${barred.name} is suspended`
          : `${barred.name} waits for you`
      }
      actions={
        <Button asChild>
          <Link to={paths.organizations()}>Your organizations</Link>
        </Button>
      }
    >
      {isSuspended ? (
        <>
          <p>
            An owner or an admin has suspended it. Your role and everything you made are kept, and
            you come back to them as soon as somebody lets you in again.
          </p>
          <p role="status">This page opens by itself then. To ask for it, write to an admin.</p>
        </>
      ) : (
        <>
          <p>
            You belong to another organization, and here one may belong to one at a time. Leave the
            other one, or ask its admins to let you go.
          </p>
          <p role="status">This page opens by itself then.</p>
        </>
      )}
    </Notice>
  );
}
