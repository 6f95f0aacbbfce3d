import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { UserMinus, Users } from "lucide-react";
import { useState } from "react";
import { describeError } from "@/api/errors";
import type { Project, ProjectMember, ProjectRole } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { LoadMore } from "@/components/load-more";
import { ProblemView } from "@/components/problem-view";
import { Ago, Avatar, Badge, Card, EmptyState } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Select } from "@/components/ui/select";
import { useNotify } from "@/components/ui/toast";
import { Tooltip } from "@/components/ui/tooltip";
import { useOrg } from "@/features/orgs/context";
import { roleName } from "@/features/orgs/words";
import {
  projectMembersQuery,
  refreshProjects,
  removeProjectMember,
  updateProjectMember,
} from "@/features/projects/data";
import { AddMember } from "./add-member";
import { PROJECT_ROLES } from "./roles";

/** Who is on the project, and as what. */
export function MembersTab({ project }: { project: Project }) {
  const { api, org } = useOrg();
  const query = useInfiniteQuery(projectMembersQuery(api, org.id, project.id));
  if (query.isPending) return <RowsSkeleton rows={3} />;
  if (query.isError && !query.data) {
    return (
      <ProblemView
        error={query.error}
        what="the members of this project"
        onRetry={() => void query.refetch()}
      />
    );
  }
  const members = query.data.pages.flatMap((page) => page.data);
  return (
    <div>
      {project.can.manageMembers && <AddMember project={project} members={members} />}
      {members.length === 0 ? (
        <EmptyState icon={<Users aria-hidden />} title="Nobody is on this project">
          Roles that reach every project see it all the same.
        </EmptyState>
      ) : (
        <Card>
          <ul aria-label="Members of the project" className="divide-y divide-line">
            {members.map((member) => (
              <Row key={member.memberId} project={project} member={member} />
            ))}
          </ul>
        </Card>
      )}
      <LoadMore query={query} />
    </div>
  );
}

function Row({ project, member }: { project: Project; member: ProjectMember }) {
  const { api, org } = useOrg();
  const client = useQueryClient();
  const notify = useNotify();
  const [removing, setRemoving] = useState(false);
  const name = member.name || member.email || "Unnamed member";
  const change = useMutation({
    mutationFn: (role: ProjectRole) => updateProjectMember(api, project.id, member.memberId, role),
    onSuccess: (_, role) =>
      notify("good", `${name} is now ${role === "lead" ? "a lead" : "a contributor"}.`),
    onError: (error) => notify("bad", describeError(error)),
    onSettled: () => refreshProjects(client, org.id),
  });
  const remove = useMutation({
    mutationFn: () => removeProjectMember(api, project.id, member.memberId),
    onSuccess: () => {
      setRemoving(false);
      notify("good", `${name} is off the project.`);
      return refreshProjects(client, org.id);
    },
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3.5 gap-y-2 px-4 py-3.5 sm:flex-nowrap sm:px-5">
      <Avatar name={name} src={member.avatarUrl} />
      <div className="min-w-0 flex-1 basis-1/2">
        <p className="truncate font-[550]">{name}</p>
        <p className="truncate text-[0.8125rem] text-muted">
          {member.name && member.email ? `${member.email} · ` : ""}
          since <Ago at={member.addedAt} />
        </p>
      </div>
      {project.can.manageMembers ? (
        <div className="flex w-full items-center gap-1 pl-12.5 sm:w-auto sm:pl-0">
          <Select
            label={`Project role of ${name}`}
            value={change.isPending ? (change.variables ?? member.projectRole) : member.projectRole}
            options={PROJECT_ROLES}
            disabled={change.isPending}
            onValueChange={(role) => change.mutate(role)}
            className="flex-1 sm:w-36"
          />
          <Tooltip text="Remove">
            <Button
              variant="quiet"
              size="icon"
              aria-label={`Remove ${name}`}
              onClick={() => setRemoving(true)}
            >
              <UserMinus aria-hidden />
            </Button>
          </Tooltip>
        </div>
      ) : (
        <Badge tone={member.projectRole === "lead" ? "accent" : "plain"}>
          {roleName(member.projectRole)}
        </Badge>
      )}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove ${name}?`}
        action="Remove"
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      >
        They lose what their project role gave them, at once. Their documents stay, and they stay in{" "}
        {org.name}.
      </ConfirmDialog>
    </li>
  );
}
