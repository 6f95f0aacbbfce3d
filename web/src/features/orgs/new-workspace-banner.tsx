import { X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { readStored, writeStored } from "@/lib/storage";

const KEY = "bailiwick.personal-workspace";

/** Notes that the first visit had to make an organization, so that its first page can say so. */
export function noteNewWorkspace(): void {
  writeStored("session", KEY, "made");
}

/** Tells a newcomer where the organization that they never asked for came from. */
export function NewWorkspaceBanner() {
  const [shown, setShown] = useState(() => readStored("session", KEY) === "made");
  if (!shown) return null;
  const close = () => {
    writeStored("session", KEY, undefined);
    setShown(false);
  };
  return (
    <div
      role="status"
      className="mb-6 flex items-center gap-3 rounded-xl bg-accent-soft py-2 pr-2 pl-4 text-accent-text text-sm"
    >
      <p className="flex-1">No org found — created personal workspace.</p>
      <Button variant="quiet" size="icon" aria-label="Dismiss" onClick={close}>
        <X aria-hidden />
      </Button>
    </div>
  );
}
