import { MAIN_ID } from "./skip-link";
import { Skeleton } from "./ui/bits";

/** The shape of the application while it is not known yet who is here. */
export function AppSkeleton() {
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15.5rem_1fr]">
      <p role="status" className="sr-only">
        Loading
      </p>
      <div className="hidden border-line border-r p-4 md:block">
        <Skeleton className="h-9 w-full" />
        <div className="mt-8 space-y-3">
          <Skeleton className="h-7 w-4/5" />
          <Skeleton className="h-7 w-3/5" />
          <Skeleton className="h-7 w-2/3" />
        </div>
      </div>
      <div className="flex h-14 items-center justify-between border-line border-b px-4 md:hidden">
        <Skeleton className="h-8 w-36" />
        <Skeleton className="size-8 rounded-full" />
      </div>
      <main id={MAIN_ID} tabIndex={-1} className="mx-auto w-full max-w-5xl p-5 sm:p-10">
        <PageSkeleton />
      </main>
    </div>
  );
}

/** The shape of a page's content. */
export function PageSkeleton() {
  return (
    <div>
      <Skeleton className="h-8 w-56" />
      <Skeleton className="mt-3 h-4 w-72 max-w-full" />
      <div className="mt-8 grid gap-4 sm:grid-cols-3">
        <Skeleton className="h-24 rounded-2xl" />
        <Skeleton className="h-24 rounded-2xl" />
        <Skeleton className="h-24 rounded-2xl" />
      </div>
      <RowsSkeleton className="mt-8" />
    </div>
  );
}

/** The shape of a list. */
export function RowsSkeleton({ rows = 4, className }: { rows?: number; className?: string }) {
  return (
    <div className={className}>
      {Array.from({ length: rows }, (_, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move.
          key={index}
          className="flex items-center gap-4 border-line border-b py-4 last:border-0"
        >
          <Skeleton className="size-9 rounded-lg" />
          <div className="flex-1 space-y-2">
            <Skeleton className="h-4 w-2/5" />
            <Skeleton className="h-3 w-1/4" />
          </div>
        </div>
      ))}
    </div>
  );
}
