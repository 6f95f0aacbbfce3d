import { ApiError, describeError } from "@/api/errors";
import { Brand } from "./brand";
import { RequestId } from "./notice";
import { Button } from "./ui/button";

/** Shown where not even the settings could be had: nothing else works then, navigation included. */
export function StartFailure({ error }: { error: unknown }) {
  return (
    <div className="flex min-h-dvh flex-col px-5 py-5 sm:px-8">
      <header>
        <Brand />
      </header>
      <main className="mx-auto my-auto w-full max-w-md pb-24">
        <h1 className="font-semibold text-[1.625rem] leading-tight">The server does not answer</h1>
        <p className="mt-3 text-muted">{describeError(error)}</p>
        <Button className="mt-7" onClick={() => window.location.reload()}>
          Try again
        </Button>
        {error instanceof ApiError && error.requestId && <RequestId id={error.requestId} />}
      </main>
    </div>
  );
}
