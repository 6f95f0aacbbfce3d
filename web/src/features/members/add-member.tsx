import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useEffect, useState } from "react";
import { describeError } from "@/api/errors";
import type { Project, ProjectMember, ProjectRole } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/select";
import { useNotify } from "@/components/ui/toast";
import { useOrg } from "@/features/orgs/context";
import { organizationMembersQuery } from "@/features/orgs/data";
import { roleName } from "@/features/orgs/words";
import { addProjectMember, refreshProjects } from "@/features/projects/data";
import { PROJECT_ROLES } from "./roles";

interface AddMemberProps {
  project: Project;
  members: readonly ProjectMember[];
}

/** Puts somebody of the organization on the project. */
export function AddMember({ project, members }: AddMemberProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="mb-4 flex justify-end">
      <Button variant="secondary" onClick={() => setOpen(true)}>
        <UserPlus aria-hidden />
        Add a member
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Add a member"
        description="People of the organization who are not on this project yet."
      >
        <Form project={project} members={members} onDone={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

function Form({ project, members, onDone }: AddMemberProps & { onDone(): void }) {
  const { api, org } = useOrg();
  const client = useQueryClient();
  const notify = useNotify();
  const [memberId, setMemberId] = useState("");
  const [role, setRole] = useState<ProjectRole>("contributor");
  const query = useInfiniteQuery(organizationMembersQuery(api, org.id));
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);

  const present = new Set(members.map((member) => member.memberId));
  const options = (query.data?.pages ?? [])
    .flatMap((page) => page.data)
    .filter((person) => !present.has(person.userId))
    .map((person) => ({
      value: person.userId,
      label: person.fullName || person.email || "Unnamed member",
      hint: roleName(person.role),
    }));
  const add = useMutation({
    mutationFn: () => addProjectMember(api, project.id, memberId, role),
    onSuccess: () => {
      const name = options.find(({ value }) => value === memberId)?.label ?? "The member";
      notify("good", `${name} is on the project.`);
      onDone();
      return refreshProjects(client, org.id);
    },
  });
  const problem = add.error ?? query.error;

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (memberId) add.mutate();
      }}
    >
      {query.isSuccess && options.length === 0 && !hasNextPage ? (
        <p className="text-muted text-sm">Everybody in {org.name} is on this project already.</p>
      ) : (
        <div className="grid gap-3 sm:grid-cols-[1fr_9rem]">
          <Select
            label="Member"
            placeholder={query.isPending ? "Loading…" : "Choose a person"}
            value={memberId}
            onValueChange={setMemberId}
            options={options}
            disabled={query.isPending}
          />
          <Select
            label="Project role"
            value={role}
            onValueChange={(next: ProjectRole) => setRole(next)}
            options={PROJECT_ROLES}
          />
        </div>
      )}
      {problem && (
        <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {describeError(problem)}
        </p>
      )}
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="secondary" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" disabled={!memberId} busy={add.isPending}>
          Add
        </Button>
      </div>
    </form>
  );
}
