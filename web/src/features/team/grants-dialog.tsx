import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, describeError } from "@/api/errors";
import type { MemberGrants, OrganizationMember, Policy } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { ProblemView } from "@/components/problem-view";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { GatedButton } from "@/components/ui/gated";
import { Select } from "@/components/ui/select";
import { useNotify } from "@/components/ui/toast";
import { useOrg } from "@/features/orgs/context";
import { AccessHours, type Hours } from "./access-hours";
import { grantsQuery, refreshTeam, teamCommands } from "./data";
import { isSame, type PageGrants, withTemplate } from "./grants";
import { GrantsTable } from "./grants-table";
import { obstacle, roleTitle } from "./rights";
import { useViewer } from "./use-team";

interface GrantsDialogProps {
  member: OrganizationMember;
  name: string;
  policy: Policy;
  onClose(): void;
}

/** What a member may do beside what the role gives: page by page, action by action. */
export function GrantsDialog({ member, name, policy, onClose }: GrantsDialogProps) {
  const { api, org } = useOrg();
  const query = useQuery(grantsQuery(api, org.id, member.userId));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Grants of ${name}`}
      description={`What ${name} may do beside what the role ${roleTitle(policy, member.role)} gives.`}
      className="sm:max-w-3xl"
    >
      {query.isPending ? (
        <RowsSkeleton rows={4} />
      ) : query.isError ? (
        <ProblemView error={query.error} what="these grants" onRetry={() => void query.refetch()} />
      ) : (
        <Editor member={member} name={name} policy={policy} grants={query.data} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface EditorProps extends GrantsDialogProps {
  /** As they are now; the editor goes on with those that it began with. */
  grants: MemberGrants;
}

function Editor({ member, name, policy, grants: latest, onClose }: EditorProps) {
  const { api, org } = useOrg();
  const viewer = useViewer();
  const client = useQueryClient();
  const notify = useNotify();
  const [grants, setGrants] = useState(latest);
  const [pages, setPages] = useState<PageGrants>(latest.pages);
  const [hours, setHours] = useState<Hours>(latest.access);
  const fixed = obstacle(policy, viewer, member, "users:grant");
  const isUnchanged =
    isSame(pages, grants.pages) && JSON.stringify(hours) === JSON.stringify(grants.access);
  const save = useMutation({
    mutationFn: () =>
      teamCommands(api, org.id).replaceGrants(member.userId, {
        version: grants.version,
        pages,
        permissions: grants.permissions,
        access: hours ?? undefined,
      }),
    onSuccess: () => {
      notify("good", `What ${name} may do has changed, also in open pages.`);
      onClose();
      return refreshTeam(client, org.id);
    },
    onError: () => refreshTeam(client, org.id),
  });
  const isConflict = save.error instanceof ApiError && save.error.status === 409;
  const isBehind = latest.version !== grants.version && !save.isPending && !save.isSuccess;
  const beginAnew = () => {
    save.reset();
    setGrants(latest);
    setPages(latest.pages);
    setHours(latest.access);
  };

  return (
    <form
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!fixed && !isUnchanged && !save.isPending) save.mutate();
      }}
    >
      {policy.templates.length > 0 && !fixed && (
        <Select
          label="Apply a template"
          placeholder="Apply a template…"
          value=""
          options={policy.templates.map(({ key, title }) => ({ value: key, label: title }))}
          onValueChange={(key) => {
            const template = policy.templates.find((one) => one.key === key);
            if (template) setPages(withTemplate(pages, template));
          }}
          className="w-full sm:w-64"
        />
      )}
      <GrantsTable policy={policy} grants={pages} onChange={setPages} fixed={fixed} />
      <AccessHours hours={hours} onChange={setHours} fixed={fixed} />
      {grants.permissions.length > 0 && (
        <p className="text-[0.8125rem] text-muted">
          Also granted by name: {grants.permissions.join(", ")}
        </p>
      )}
      {fixed && <p className="rounded-lg bg-sunken px-3 py-2 text-muted text-sm">{fixed}</p>}
      {(isBehind || isConflict) && (
        <p role="alert" className="rounded-lg bg-warning-soft px-3 py-2 text-sm text-warning-text">
          Somebody has changed the membership of {name} meanwhile.{" "}
          <Button variant="link" onClick={beginAnew}>
            Show what holds now
          </Button>
        </p>
      )}
      {save.error && !isConflict && (
        <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {describeError(save.error)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button variant="secondary" onClick={onClose}>
          {fixed ? "Close" : "Cancel"}
        </Button>
        {!fixed && (
          <GatedButton
            type="submit"
            busy={save.isPending}
            reason={isUnchanged ? "Nothing has changed yet." : undefined}
          >
            Save
          </GatedButton>
        )}
      </div>
    </form>
  );
}
