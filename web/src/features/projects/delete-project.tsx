import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { describeError } from "@/api/errors";
import type { Project } from "@/api/types";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useNotify } from "@/components/ui/toast";
import { useOrg } from "@/features/orgs/context";
import { formatCount } from "@/lib/format";
import { paths } from "@/lib/paths";
import { deleteProject } from "./data";

interface DeleteProjectProps {
  project: Project;
  open: boolean;
  onOpenChange(open: boolean): void;
}

/** Asks, deletes, and returns to the list. */
export function DeleteProject({ project, open, onOpenChange }: DeleteProjectProps) {
  const { api, org, slug } = useOrg();
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  const mutation = useMutation({
    mutationFn: () => deleteProject(api, project.id),
    onSuccess: async () => {
      onOpenChange(false);
      notify("good", `${project.name} is deleted.`);
      await navigate({ to: paths.projects(slug) });
      client.removeQueries({ queryKey: ["org", org.id, "project", project.id] });
      await client.invalidateQueries({ queryKey: ["org", org.id, "projects"] });
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title="Delete this project?"
      action="Delete project"
      busy={mutation.isPending}
      error={mutation.error ? describeError(mutation.error) : undefined}
      onConfirm={() => mutation.mutate()}
    >
      {project.name} and its {formatCount(project.documentCount, "document")} will be gone for
      everybody. This cannot be undone.
    </ConfirmDialog>
  );
}
