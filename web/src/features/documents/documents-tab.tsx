import { useInfiniteQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import type { Project } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { LoadMore } from "@/components/load-more";
import { ProblemView } from "@/components/problem-view";
import { Card, EmptyState } from "@/components/ui/bits";
import { useOrg } from "@/features/orgs/context";
import { UploadList } from "@/features/uploads/upload-list";
import { useUploads } from "@/features/uploads/uploads";
import { documentsQuery } from "./data";
import { DocumentRow } from "./document-row";
import { DropZone } from "./drop-zone";

/** The documents of a project, and the way to add some. */
export function DocumentsTab({ project }: { project: Project }) {
  const { uploads, add, queue } = useUploads(project.id);
  const underWay = new Set(
    uploads.filter(({ phase }) => phase !== "done").map((upload) => upload.documentId),
  );
  if (!project.can.upload) return <Documents project={project} underWay={underWay} />;
  return (
    <DropZone onFiles={add}>
      <UploadList uploads={uploads} queue={queue} />
      <Documents project={project} underWay={underWay} />
    </DropZone>
  );
}

interface DocumentsProps {
  project: Project;
  /** Documents that the list of uploads above speaks for. */
  underWay: ReadonlySet<string | undefined>;
}

function Documents({ project, underWay }: DocumentsProps) {
  const { api, org } = useOrg();
  const query = useInfiniteQuery(documentsQuery(api, org.id, project.id));
  if (query.isPending) return <RowsSkeleton rows={3} />;
  if (query.isError && !query.data) {
    return (
      <ProblemView error={query.error} what="the documents" onRetry={() => void query.refetch()} />
    );
  }
  const documents = query.data.pages
    .flatMap((page) => page.data)
    .filter((document) => !underWay.has(document.id));
  if (documents.length === 0 && !query.hasNextPage) {
    return (
      <EmptyState icon={<FileText aria-hidden />} title="No documents yet">
        {project.can.upload
          ? "Everybody on this project will find here what you upload."
          : "What the people on this project upload will be found here."}
      </EmptyState>
    );
  }
  return (
    <>
      <Card>
        <ul aria-label="Documents" className="divide-y divide-line">
          {documents.map((document) => (
            <DocumentRow key={document.id} document={document} />
          ))}
        </ul>
      </Card>
      <LoadMore query={query} />
    </>
  );
}
