import { Check, CircleAlert, RotateCw, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Card, Progress } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { FileIcon } from "@/features/documents/file-icon";
import { cn } from "@/lib/cn";
import { formatBytes } from "@/lib/format";
import {
  isPending,
  isSettled,
  overallProgress,
  summarize,
  type Upload,
  type Uploads,
} from "./machine";
import type { UploadQueue } from "./queue";

const SPOKEN_EVERY_MS = 4000;

/** The files on their way into a project. */
export function UploadList({ uploads, queue }: { uploads: Uploads; queue: UploadQueue }) {
  const pending = uploads.filter(isPending);
  const settled = uploads.filter(isSettled);
  if (uploads.length === 0) return <Announcer uploads={uploads} />;
  return (
    <section aria-labelledby="uploads" className="mb-6">
      <Announcer uploads={uploads} />
      <Card className="animate-rise-in overflow-hidden">
        <div className="flex min-h-13 items-center gap-4 border-line border-b px-4 py-2 sm:px-5">
          <h2 id="uploads" className="font-[550] text-sm">
            {pending.length > 0 ? `Uploading ${pending.length} of ${uploads.length}` : "Uploads"}
          </h2>
          <div className="min-w-0 flex-1">
            {pending.length > 1 && (
              <Progress value={overallProgress(uploads)} label="All uploads" />
            )}
          </div>
          {settled.length > 0 && (
            <Button
              variant="quiet"
              size="sm"
              onClick={() => queue.dismiss(settled.map(({ id }) => id))}
            >
              Clear finished
            </Button>
          )}
        </div>
        <ul aria-label="Uploads" className="max-h-80 divide-y divide-line overflow-y-auto">
          {uploads.map((upload) => (
            <Row key={upload.id} upload={upload} queue={queue} />
          ))}
        </ul>
      </Card>
    </section>
  );
}

function Row({ upload, queue }: { upload: Upload; queue: UploadQueue }) {
  const { phase, fileName } = upload;
  const bad = phase === "failed" || phase === "rejected";
  const share = phase === "done" ? 1 : upload.size > 0 ? upload.sent / upload.size : 0;
  return (
    <li className="flex items-center gap-3.5 px-4 py-3 sm:px-5">
      <FileIcon contentType={upload.contentType} />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-3">
          <p
            className={cn(
              "min-w-0 flex-1 truncate text-sm",
              phase === "canceled" && "text-muted line-through",
            )}
          >
            {fileName}
          </p>
          <p className="tabular shrink-0 text-[0.8125rem] text-muted">{measure(upload)}</p>
        </div>
        {isPending(upload) && (
          <div className="mt-2">
            <Progress value={share} label={`Upload of ${fileName}`} />
          </div>
        )}
        {bad && (
          <p className="mt-0.5 flex items-start gap-1.5 text-[0.8125rem] text-danger">
            <CircleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
            {upload.problem}
          </p>
        )}
      </div>
      <div className="flex w-18 shrink-0 justify-end gap-0.5">
        {phase === "done" && (
          <span className="grid size-9 place-items-center text-accent-text">
            <Check className="size-4.5" aria-hidden />
            <span className="sr-only">Uploaded</span>
          </span>
        )}
        {(phase === "failed" || phase === "canceled") && (
          <Button
            variant="quiet"
            size="icon"
            aria-label={`Try ${fileName} again`}
            onClick={() => queue.retry(upload.id)}
          >
            <RotateCw aria-hidden />
          </Button>
        )}
        {isPending(upload) ? (
          <Button
            variant="quiet"
            size="icon"
            aria-label={`Cancel ${fileName}`}
            onClick={() => queue.cancel(upload.id)}
          >
            <X aria-hidden />
          </Button>
        ) : (
          phase !== "done" && (
            <Button
              variant="quiet"
              size="icon"
              aria-label={`Dismiss ${fileName}`}
              onClick={() => queue.dismiss([upload.id])}
            >
              <X aria-hidden />
            </Button>
          )
        )}
      </div>
    </li>
  );
}

function measure(upload: Upload): string {
  switch (upload.phase) {
    case "waiting":
      return "Waiting";
    case "preparing":
      return "Preparing";
    case "sending":
      return `${formatBytes(upload.sent)} of ${formatBytes(upload.size)}`;
    case "confirming":
      return "Finishing";
    case "canceled":
      return "Canceled";
    default:
      return formatBytes(upload.size);
  }
}

/** Reads the state of things aloud, at a pace that a listener can follow; the end of it at once. */
function Announcer({ uploads }: { uploads: Uploads }) {
  const latest = summarize(uploads);
  const settled = uploads.every(isSettled);
  const [spoken, setSpoken] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(latest), settled ? 0 : SPOKEN_EVERY_MS);
    return () => clearTimeout(timer);
  }, [latest, settled]);
  return (
    <p aria-live="polite" className="sr-only">
      {spoken}
    </p>
  );
}
