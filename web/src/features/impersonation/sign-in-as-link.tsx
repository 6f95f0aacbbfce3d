import { Check, Copy } from "lucide-react";
import { useState } from "react";
import type { ImpersonationStarted } from "@/api/types";
import { Button } from "@/components/ui/button";
import { formatDateTime } from "@/lib/format";

interface SignInAsLinkProps {
  name: string;
  started: ImpersonationStarted;
  onClose(): void;
}

/** The link, to be opened here or taken to another window. */
export function SignInAsLink({ name, started, onClose }: SignInAsLinkProps) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard?.writeText(started.url).then(() => setCopied(true));
  return (
    <div className="space-y-5">
      <p className="text-sm">
        Until {formatDateTime(started.impersonation.expiresAt)} at the latest. A private window
        leaves you who you are in this one; opened here, every tab of this browser is {name} until
        you stop.
      </p>
      <p className="sr-only" role="status">
        {copied ? "The link is copied." : "The link is ready."}
      </p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="secondary" onClick={copy}>
          {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
          {copied ? "Copied" : "Copy the link"}
        </Button>
        <Button asChild>
          <a href={started.url} target="_blank" rel="noreferrer" onClick={onClose}>
            Open as {name}
          </a>
        </Button>
      </div>
    </div>
  );
}
