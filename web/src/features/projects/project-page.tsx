import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Project } from "@/api/types";
import { PageSkeleton } from "@/components/app-skeleton";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Ago, Badge } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Tabs } from "@/components/ui/tabs";
import { useNotify } from "@/components/ui/toast";
import { DocumentsTab } from "@/features/documents/documents-tab";
import { MembersTab } from "@/features/members/members-tab";
import { personName } from "@/features/members/names";
import { useOrg } from "@/features/orgs/context";
import { roleName } from "@/features/orgs/words";
import { paths } from "@/lib/paths";
import { projectQuery, refreshProjects, updateProject } from "./data";
import { DeleteProject } from "./delete-project";
import { ProjectForm } from "./project-form";

/** One project: what it is, its documents, its people. */
export function ProjectPage({ projectId }: { projectId: string }) {
  const { api, org, slug } = useOrg();
  const query = useQuery(projectQuery(api, org.id, projectId));
  useTitle(query.data?.name ?? "Project", org.name);
  const back = (
    <Link
      to={paths.projects(slug)}
      className="inline-flex items-center gap-1.5 rounded-sm text-muted hover:text-ink"
    >
      <ArrowLeft className="size-4" aria-hidden />
      Projects
    </Link>
  );
  if (query.isPending) return <PageSkeleton />;
  if (query.isError && !query.data) {
    return (
      <>
        <div className="mb-6 text-sm">{back}</div>
        <ProblemView
          error={query.error}
          what="this project"
          needs="You would have to be on this project, or hold a role that sees every project. Its lead or an admin can add you."
          onRetry={() => void query.refetch()}
          actions={
            <Button asChild>
              <Link to={paths.projects(slug)}>All projects</Link>
            </Button>
          }
        />
      </>
    );
  }
  return <Loaded project={query.data} back={back} />;
}

function Loaded({ project, back }: { project: Project; back: React.ReactNode }) {
  const tab = useSearch({ from: "/_protected/org/$slug/projects/$projectId" }).tab ?? "documents";
  const navigate = useNavigate({ from: "/org/$slug/projects/$projectId" });
  return (
    <>
      <PageHeader above={back} title={project.name} actions={<Actions project={project} />}>
        {project.description && (
          <p className="whitespace-pre-line break-words">{project.description}</p>
        )}
        <p className="mt-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-[0.8125rem] text-faint">
          {project.myRole && <Badge tone="accent">{roleName(project.myRole)}</Badge>}
          <span>
            Created <Ago at={project.createdAt} /> by {personName(project.createdBy)}
          </span>
        </p>
      </PageHeader>
      <Tabs
        label="Parts of the project"
        value={tab}
        onValueChange={(next) =>
          void navigate({
            search: { tab: next === "documents" ? undefined : next },
            replace: true,
            resetScroll: false,
          })
        }
        tabs={[
          {
            value: "documents",
            label: "Documents",
            count: project.documentCount,
            content: <DocumentsTab project={project} />,
          },
          { value: "members", label: "Members", content: <MembersTab project={project} /> },
        ]}
      />
    </>
  );
}

function Actions({ project }: { project: Project }) {
  const { api, org } = useOrg();
  const client = useQueryClient();
  const notify = useNotify();
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      {project.can.update && (
        <Button variant="secondary" onClick={() => setEditing(true)}>
          <Pencil aria-hidden />
          Edit
        </Button>
      )}
      {project.can.delete && (
        <Button variant="secondary" onClick={() => setDeleting(true)}>
          <Trash2 aria-hidden />
          Delete
        </Button>
      )}
      <Dialog open={editing} onOpenChange={setEditing} title="Edit project">
        <ProjectForm
          initial={{ name: project.name, description: project.description ?? null }}
          action="Save"
          save={(input) => updateProject(api, project.id, input)}
          onCancel={() => setEditing(false)}
          onSaved={() => {
            setEditing(false);
            notify("good", "Saved.");
            void refreshProjects(client, org.id);
          }}
        />
      </Dialog>
      <DeleteProject project={project} open={deleting} onOpenChange={setDeleting} />
    </>
  );
}
