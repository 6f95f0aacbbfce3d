import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { describeError } from "@/api/errors";
import type { Document } from "@/api/types";
import { Ago, Badge } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useNotify } from "@/components/ui/toast";
import { Tooltip } from "@/components/ui/tooltip";
import { personName } from "@/features/members/names";
import { useOrg } from "@/features/orgs/context";
import { refreshProjects } from "@/features/projects/data";
import { formatBytes } from "@/lib/format";
import { deleteDocument, downloadLink } from "./data";
import { FileIcon } from "./file-icon";

/** One document: what it is, who brought it, and what one may do with it. */
export function DocumentRow({ document: doc }: { document: Document }) {
  const { api, org } = useOrg();
  const client = useQueryClient();
  const notify = useNotify();
  const [deleting, setDeleting] = useState(false);
  const download = useMutation({
    mutationFn: () => downloadLink(api, doc.id),
    onSuccess: ({ presignedUrl }) => follow(presignedUrl, doc.fileName),
    onError: (error) => notify("bad", describeError(error)),
  });
  const remove = useMutation({
    mutationFn: () => deleteDocument(api, doc.id),
    onSuccess: () => {
      setDeleting(false);
      notify("good", `${doc.fileName} is deleted.`);
      return refreshProjects(client, org.id);
    },
  });
  return (
    <li className="flex items-center gap-3.5 px-4 py-3 sm:px-5">
      <FileIcon contentType={doc.contentType} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-[550] text-sm" title={doc.fileName}>
          {doc.fileName}
        </p>
        <p className="tabular truncate text-[0.8125rem] text-muted">
          {formatBytes(doc.size)} · {personName(doc.uploadedBy)} ·{" "}
          <Ago at={doc.uploadedAt ?? doc.createdAt} />
        </p>
      </div>
      <div className="flex shrink-0 gap-0.5">
        {doc.status === "UPLOADED" ? (
          <Tooltip text="Download">
            <Button
              variant="quiet"
              size="icon"
              aria-label={`Download ${doc.fileName}`}
              busy={download.isPending}
              onClick={() => download.mutate()}
            >
              <Download aria-hidden />
            </Button>
          </Tooltip>
        ) : (
          <Badge tone="warning" className="self-center">
            {doc.status === "FAILED" ? "Failed" : "Not finished"}
          </Badge>
        )}
        {doc.can.delete && (
          <Tooltip text="Delete">
            <Button
              variant="quiet"
              size="icon"
              aria-label={`Delete ${doc.fileName}`}
              onClick={() => setDeleting(true)}
            >
              <Trash2 aria-hidden />
            </Button>
          </Tooltip>
        )}
      </div>
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title="Delete this document?"
        action="Delete document"
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      >
        {doc.fileName} will be gone for everybody on the project. This cannot be undone.
      </ConfirmDialog>
    </li>
  );
}

function follow(url: string, fileName: string): void {
  const link = window.document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.rel = "noopener";
  window.document.body.append(link);
  link.click();
  link.remove();
}
