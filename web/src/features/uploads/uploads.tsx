import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from "react";
import { type Api, idempotencyKey, take } from "@/api/client";
import { useConfig } from "@/config/config";
import { useOrg } from "@/features/orgs/context";
import { contentTypeOf, rejection } from "./accept";
import { checksum } from "./checksum";
import { isPending, type Upload } from "./machine";
import { type UploadPorts, UploadQueue } from "./queue";
import { put } from "./transport";

const QueueContext = createContext<UploadQueue | undefined>(undefined);

/** Keeps uploads alive while one moves between pages, and warns before they would be lost. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const queue = useMemo(
    () =>
      new UploadQueue(undefined, (upload) => {
        void client.invalidateQueries({
          queryKey: ["org", upload.orgId, "project", upload.projectId],
        });
        void client.invalidateQueries({ queryKey: ["org", upload.orgId, "projects"] });
      }),
    [client],
  );
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (queue.snapshot().some(isPending)) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      queue.clear();
    };
  }, [queue]);
  return <QueueContext value={queue}>{children}</QueueContext>;
}

/** The uploads of one project, and what can be done with them. */
export function useUploads(projectId: string) {
  const queue = use(QueueContext);
  if (!queue) throw new Error("useUploads outside of UploadsProvider");
  const { api, org } = useOrg();
  const rules = useConfig();
  const all = useSyncExternalStore(queue.subscribe, queue.snapshot);
  const uploads = useMemo(
    () => all.filter((upload) => upload.projectId === projectId),
    [all, projectId],
  );

  const add = useCallback(
    (files: readonly File[]) => {
      const ports = portsOf(api);
      queue.add(
        files.map((file) => ({
          file,
          upload: plan(file, org.id, projectId, rejection(file, rules)),
        })),
        ports,
      );
    },
    [api, org.id, projectId, queue, rules],
  );
  return { uploads, add, queue };
}

function plan(file: File, orgId: string, projectId: string, problem: string | undefined): Upload {
  return {
    id: idempotencyKey(),
    orgId,
    projectId,
    fileName: file.name,
    contentType: contentTypeOf(file),
    size: file.size,
    phase: problem ? "rejected" : "waiting",
    problem,
    sent: 0,
    stored: false,
  };
}

function portsOf(api: Api): UploadPorts {
  return {
    checksum,
    announce: (upload, sha256, key) =>
      take(
        api.POST("/api/v1/projects/{id}/documents/upload-init", {
          params: { path: { id: upload.projectId } },
          headers: { "Idempotency-Key": key },
          body: {
            fileName: upload.fileName,
            contentType: upload.contentType,
            size: upload.size,
            sha256,
          },
        }),
      ),
    put: (answer, file, signal, onProgress) =>
      put({ url: answer.presignedUrl, headers: answer.headers, body: file, signal, onProgress }),
    confirm: (id) => take(api.POST("/api/v1/documents/{id}/confirm", { params: { path: { id } } })),
    withdraw: (id) => take(api.DELETE("/api/v1/documents/{id}", { params: { path: { id } } })),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    key: idempotencyKey,
  };
}
