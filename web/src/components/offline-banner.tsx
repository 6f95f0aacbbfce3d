import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Says so when the machine has no network; what is on the page stays readable. */
export function OfflineBanner() {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-30 flex justify-center px-4 md:bottom-5"
    >
      {!online && (
        <p className="pointer-events-auto flex animate-rise-in items-center gap-2.5 rounded-xl bg-warning-soft px-4 py-2.5 font-medium text-sm text-warning-text shadow-raised">
          <WifiOff className="size-4 shrink-0" aria-hidden />
          You are offline. What you see may be out of date.
        </p>
      )}
    </div>
  );
}
