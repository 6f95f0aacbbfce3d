import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiError, describeError } from "@/api/errors";
import { paths } from "@/lib/paths";
import { Notice } from "./notice";
import { Button } from "./ui/button";

/** What is shown where a page broke. */
export function Failure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  useEffect(() => queries.reset(), [queries]);
  return (
    <Notice
      title="This page broke"
      requestId={error instanceof ApiError ? error.requestId : undefined}
      actions={
        <>
          <Button
            onClick={() => {
              reset();
              void router.invalidate();
            }}
          >
            Try again
          </Button>
          <Button asChild variant="secondary">
            <a href={paths.home()}>Start page</a>
          </Button>
        </>
      }
    >
      <p>{describeError(error)} Nothing that was saved is lost.</p>
    </Notice>
  );
}

/** What is shown where there is no page. */
export function NotFound() {
  return (
    <Notice
      title="No such page"
      actions={
        <Button asChild>
          <Link to={paths.dashboard()}>To the dashboard</Link>
        </Button>
      }
    >
      <p>The address may be mistyped, or what was here has gone.</p>
    </Notice>
  );
}
