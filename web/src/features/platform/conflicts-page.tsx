import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { useState } from "react";
import { describeError } from "@/api/errors";
import type { Conflict, EmailConflict } from "@/api/types";
import { PageHeader } from "@/components/page-header";
import { useTitle } from "@/components/title";
import { Ago, Badge, EmptyState } from "@/components/ui/bits";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GatedButton } from "@/components/ui/gated";
import { Select } from "@/components/ui/select";
import { formatDate } from "@/lib/format";
import { useOperator } from "./context";
import { conflictsQuery } from "./data";
import { PersonLink } from "./person-link";
import { Rows } from "./rows";
import { usePlatformChange } from "./use-platform";

const WHICH = [
  { value: "open", label: "Open" },
  { value: "closed", label: "Over" },
] as const;

/** Whose e-mail is somebody else's as well: for people to look at. */
export function ConflictsPage() {
  useTitle("Conflicts", "Platform");
  const { api } = useOperator();
  const { which = "open" } = useSearch({ from: "/_protected/platform/conflicts" });
  const navigate = useNavigate({ from: "/platform/conflicts" });
  const query = useInfiniteQuery(conflictsQuery(api, which === "open"));
  return (
    <>
      <PageHeader
        title="Conflicts"
        actions={
          <Select
            label="Which conflicts"
            value={which}
            options={WHICH}
            onValueChange={(next) =>
              void navigate({
                search: { which: next === "open" ? undefined : next },
                replace: true,
                resetScroll: false,
              })
            }
            className="w-36"
          />
        }
      >
        Two accounts with one e-mail address. Nothing is ever linked by an address alone: find out
        whose it is, and let the people put it right where they sign in.
      </PageHeader>
      <Rows
        query={query}
        label="Conflicts"
        what="the conflicts"
        idOf={({ user, other }) => `${user.id} ${other.id}`}
        row={(conflict) => <Row conflict={conflict} />}
        empty={
          <EmptyState icon={<Users aria-hidden />} title="No conflicts">
            {which === "open"
              ? "Nobody shares an address with somebody else just now."
              : "None is over yet."}
          </EmptyState>
        }
      />
    </>
  );
}

const REASONS: Record<EmailConflict, string> = {
  shared_email: "Both have it",
  unverified_email: "Not confirmed, and somebody waits for its owner",
};

function Row({ conflict }: { conflict: Conflict }) {
  const [asking, setAsking] = useState(false);
  const { obstacle } = useOperator();
  const { user, other } = conflict;
  const resolve = usePlatformChange((commands) => commands.resolveConflict(user.id, other.id), {
    done: () => `${nameOf(user)} is not warned any more.`,
    onDone: () => setAsking(false),
    quiet: true,
  });
  const isOpen = !conflict.resolvedAt && !user.isDeleted && !other.isDeleted;
  return (
    <div className="px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <p className="min-w-0 flex-1 truncate font-[550]">{user.email ?? other.email}</p>
        <Badge tone={isOpen ? "warning" : "plain"}>{REASONS[conflict.reason]}</Badge>
        <Ago at={conflict.createdAt} className="tabular text-[0.8125rem] text-muted" />
      </div>
      <dl className="mt-3 grid gap-3 sm:grid-cols-2">
        <Party label="Came with it" party={user} />
        <Party label="Had it before" party={other} />
      </dl>
      <div className="mt-3.5 space-y-3.5">
        {isOpen ? (
          <>
            <p className="max-w-prose text-muted text-sm">{conflict.advice}</p>
            <GatedButton
              size="sm"
              variant="secondary"
              reason={obstacle("platform:resolve_conflicts")}
              onClick={() => setAsking(true)}
            >
              Mark as looked at
            </GatedButton>
          </>
        ) : (
          <p className="text-[0.8125rem] text-muted">
            {conflict.resolvedAt
              ? `Looked at on ${formatDate(conflict.resolvedAt)}`
              : "Over: one of the two accounts was deleted."}
          </p>
        )}
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) resolve.reset();
        }}
        title="Mark the conflict as looked at?"
        action="Mark as looked at"
        tone="primary"
        busy={resolve.isPending}
        error={resolve.error ? describeError(resolve.error) : undefined}
        onConfirm={() => resolve.mutate()}
      >
        {nameOf(user)} is not warned any more. Both accounts stay as they are.
      </ConfirmDialog>
    </div>
  );
}

type PartyOf = Conflict["user"];

function Party({ label, party }: { label: string; party: PartyOf }) {
  return (
    <div className="min-w-0 rounded-xl bg-sunken px-3.5 py-2.5 text-sm">
      <dt className="eyebrow">{label}</dt>
      <dd className="mt-0.5 min-w-0">
        <PersonLink id={party.id} className="block truncate font-[550]">
          {nameOf(party)}
        </PersonLink>
        <span className="block truncate text-[0.8125rem] text-muted">
          {party.isDeleted
            ? "deleted"
            : party.clerkUserId
              ? party.clerkUserId
              : "waits for its owner"}
        </span>
      </dd>
    </div>
  );
}

function nameOf(party: PartyOf): string {
  return party.fullName || party.email || "Somebody without a name";
}
