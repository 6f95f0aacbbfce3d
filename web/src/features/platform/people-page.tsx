import { useQuery } from "@tanstack/react-query";
import { UserSearch } from "lucide-react";
import { type FormEvent, useState } from "react";
import { ApiError } from "@/api/errors";
import type { PlatformUser } from "@/api/types";
import { RowsSkeleton } from "@/components/app-skeleton";
import { PageHeader } from "@/components/page-header";
import { ProblemView } from "@/components/problem-view";
import { useTitle } from "@/components/title";
import { Avatar, Badge, Card, EmptyState } from "@/components/ui/bits";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { useOperator } from "./context";
import { peopleQuery, type Wanted } from "./data";
import { Disclosure } from "./disclosure";
import { PersonDetails } from "./person-details";
import { ACCOUNT_STATES, isOperator, platformRoleName } from "./words";

/** Finds people by what they say of themselves, and shows how their accounts are. */
export function PeoplePage({ id }: { id: string | undefined }) {
  useTitle("People", "Platform");
  const { api } = useOperator();
  // What is typed stays out of the address: it is somebody's.
  const [text, setText] = useState(id ?? "");
  const [wanted, setWanted] = useState<Wanted | undefined>(id ? { id } : undefined);
  const query = useQuery(peopleQuery(api, wanted));
  const isNoWord = query.error instanceof ApiError && query.error.forField("search") !== undefined;
  const find = (event: FormEvent) => {
    event.preventDefault();
    const search = text.trim();
    setWanted(search ? { search } : undefined);
  };
  return (
    <>
      <PageHeader title="People">
        Whoever has an account here, by the whole e-mail address or an id.
      </PageHeader>
      <search>
        <form onSubmit={find} className="mb-6 flex gap-2">
          <div className="min-w-0 max-w-md flex-1">
            <TextField
              label="E-mail address or id"
              hideLabel
              type="search"
              placeholder="E-mail address or id"
              autoComplete="off"
              spellCheck={false}
              maxLength={254}
              error={
                isNoWord ? "It has to be a whole e-mail address, or somebody's id." : undefined
              }
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <Button type="submit" className="h-10" busy={query.isFetching}>
            Find
          </Button>
        </form>
      </search>
      {wanted === undefined || isNoWord ? (
        <EmptyState icon={<UserSearch aria-hidden />} title="Whom are you looking for?">
          Type an address as it was given to you, or an id from a log. Each look at a person is
          recorded.
        </EmptyState>
      ) : query.isPending ? (
        <RowsSkeleton rows={1} />
      ) : query.isError && !query.data ? (
        <ProblemView error={query.error} what="this person" onRetry={() => void query.refetch()} />
      ) : (
        <Found people={query.data} />
      )}
    </>
  );
}

function Found({ people }: { people: readonly PlatformUser[] }) {
  if (people.length === 0) {
    return (
      <EmptyState icon={<UserSearch aria-hidden />} title="Nobody">
        Nobody here is known by that. An address has to be whole.
      </EmptyState>
    );
  }
  return (
    <Card className="overflow-hidden">
      <ul aria-label="People" className="divide-y divide-line">
        {people.map((person) => (
          <li key={person.id}>
            <Disclosure summary={<Summary person={person} />}>
              {() => <PersonDetails person={person} />}
            </Disclosure>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Summary({ person }: { person: PlatformUser }) {
  const name = person.fullName || person.email || "Unnamed";
  const state = ACCOUNT_STATES[person.state];
  return (
    <>
      <Avatar name={name} src={person.avatarUrl} />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-[550]">{name}</span>
          {isOperator(person.platformRole) && (
            <Badge tone="accent">{platformRoleName(person.platformRole)}</Badge>
          )}
          {person.state !== "active" && <Badge tone={state.tone}>{state.name}</Badge>}
        </span>
        <span className="block truncate text-[0.8125rem] text-muted">{person.email}</span>
      </span>
    </>
  );
}
