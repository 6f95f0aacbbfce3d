import { useClerk } from "@clerk/react";
import { useState } from "react";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";
import { leave } from "./acting-banner";

/** The page of a session in which somebody acted for another, and may not, or not any more. */
export function ActingEnded({ requestId }: { requestId: string | undefined }) {
  const clerk = useClerk();
  const [leaving, setLeaving] = useState(false);
  const go = () => {
    setLeaving(true);
    const id = clerk.session?.id;
    if (id) void leave(clerk, id);
    else window.location.reload();
  };
  return (
    <Notice
      title="Acting for somebody is over"
      requestId={requestId}
      actions={
        <Button busy={leaving} onClick={go}>
          Leave
        </Button>
      }
    >
      It was ended, its time is over, or it was not started here. Who operates this installation
      starts it anew, with a reason.
    </Notice>
  );
}
