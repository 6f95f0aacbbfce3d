import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { idempotencyKey } from "@/api/client";
import type { ButtonProps } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { GatedButton } from "@/components/ui/gated";
import { useNotify } from "@/components/ui/toast";
import { useOrg } from "@/features/orgs/context";
import { paths } from "@/lib/paths";
import { createProject, refreshProjects } from "./data";
import { ProjectForm } from "./project-form";

const REASON = "It takes the permission projects:create; an owner or an admin can give it.";

/** A button that opens the form for a new project, and the page of the project once it is there. Who may create none is told what it takes. */
export function CreateProject({
  variant,
  label = "New project",
}: {
  variant?: ButtonProps["variant"];
  label?: string;
}) {
  const { api, org, slug, may } = useOrg();
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  const [open, setOpen] = useState(false);
  const key = useRef("");

  const show = (next: boolean) => {
    if (next) key.current = idempotencyKey();
    setOpen(next);
  };

  return (
    <>
      <GatedButton
        variant={variant}
        reason={may("projects:create") ? undefined : REASON}
        onClick={() => show(true)}
      >
        <Plus aria-hidden />
        {label}
      </GatedButton>
      <Dialog
        open={open}
        onOpenChange={show}
        title="New project"
        description={`In ${org.name}. You will lead it.`}
      >
        <ProjectForm
          action="Create project"
          save={(input) =>
            createProject(api, input, key.current).catch((error: unknown) => {
              // A corrected form is another request: the same key would rightly be refused.
              key.current = idempotencyKey();
              throw error;
            })
          }
          onCancel={() => show(false)}
          onSaved={(project) => {
            show(false);
            notify("good", `${project.name} is created.`);
            void refreshProjects(client, org.id);
            void navigate({ to: paths.project(slug, project.id) });
          }}
        />
      </Dialog>
    </>
  );
}
