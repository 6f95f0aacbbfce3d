import { Upload } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { useNotify } from "@/components/ui/toast";
import { useConfig } from "@/config/config";
import { cn } from "@/lib/cn";
import { formatBytes } from "@/lib/format";

interface DropZoneProps {
  onFiles(files: readonly File[]): void;
  /** What lies under the zone; files may be dropped on it as well. */
  children: ReactNode;
}

/** Takes files by drag and drop anywhere on it, or by a button. */
export function DropZone({ onFiles, children }: DropZoneProps) {
  const { maxUploadBytes } = useConfig();
  const notify = useNotify();
  const input = useRef<HTMLInputElement>(null);
  const [depth, setDepth] = useState(0);
  const over = depth > 0;

  const carriesFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  const drop = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setDepth(0);
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const folders = items.filter((item) => item.webkitGetAsEntry()?.isDirectory).length;
    const files =
      folders === 0
        ? [...event.dataTransfer.files]
        : items
            .filter((item) => !item.webkitGetAsEntry()?.isDirectory)
            .flatMap((item) => item.getAsFile() ?? []);
    if (folders > 0) notify("bad", "Folders cannot be uploaded. Choose the files in them.");
    if (files.length > 0) onFiles(files);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for the keyboard.
    <div
      onDragEnter={(event) => carriesFiles(event) && setDepth((n) => n + 1)}
      onDragLeave={(event) => carriesFiles(event) && setDepth((n) => Math.max(0, n - 1))}
      onDragOver={(event) => carriesFiles(event) && event.preventDefault()}
      onDrop={drop}
    >
      <div
        className={cn(
          "mb-6 flex flex-col items-center gap-3 rounded-2xl border border-line-strong border-dashed px-6 py-7 text-center transition-colors sm:flex-row sm:text-left",
          over && "border-accent bg-accent-soft",
        )}
      >
        <div className="grid size-10 shrink-0 place-items-center rounded-xl bg-accent-soft text-accent-text">
          <Upload className="size-5" aria-hidden />
        </div>
        <div className="min-w-0 flex-1">
          <p className="font-[550] text-sm">{over ? "Let go to upload" : "Drop files here"}</p>
          <p className="text-[0.8125rem] text-muted">
            Up to {formatBytes(maxUploadBytes)} each, as many as you like.
          </p>
        </div>
        <Button variant="secondary" onClick={() => input.current?.click()}>
          Choose files
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          aria-label="Files to upload"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = "";
            if (files.length > 0) onFiles(files);
          }}
        />
      </div>
      {children}
    </div>
  );
}
