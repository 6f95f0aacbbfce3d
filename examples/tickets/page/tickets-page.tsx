import {
  PermissionGuard,
  RequirePermission,
  useBailiwickEvents,
  useNeeded,
} from "@bailiwick/react";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import type { Ticket, TicketsApi } from "./client";

/** The open tickets, below a `<BailiwickProvider>`. */
export function TicketsPage({ api }: { api: TicketsApi }) {
  return (
    <RequirePermission permission="tickets:read" loading={<p>Loading…</p>}>
      <h1>Tickets</h1>
      <Tickets api={api} />
    </RequirePermission>
  );
}

function Tickets({ api }: { api: TicketsApi }) {
  const [tickets, setTickets] = useState<Ticket[]>();
  const [problem, setProblem] = useState<string>();
  const reading = useRef(0);
  const load = useCallback(async () => {
    const mine = ++reading.current;
    try {
      const page = await api.list(null);
      // An answer that a later one has overtaken is old.
      if (mine === reading.current) setTickets(page.data);
    } catch (error) {
      if (mine === reading.current) setProblem(said(error));
    }
  }, [api]);
  useEffect(() => {
    void load();
  }, [load]);
  // Somebody opened or closed one, here or elsewhere; null: something was missed.
  useBailiwickEvents((event) => {
    if (event === null || event.kind === "tickets") void load();
  });
  const run = async (work: Promise<unknown>): Promise<boolean> => {
    setProblem(undefined);
    try {
      await work;
    } catch (error) {
      setProblem(said(error));
      return false;
    }
    await load();
    return true;
  };
  return (
    <>
      {problem && <p role="alert">{problem}</p>}
      <PermissionGuard permission="tickets:create">
        <NewTicket onCreate={(ticket, key) => run(api.create(ticket, key))} />
      </PermissionGuard>
      {tickets?.length === 0 && <p>Nothing is open.</p>}
      <ul>
        {tickets?.map((ticket) => (
          <li key={ticket.id}>
            <strong>{ticket.title}</strong> {ticket.priority}, {ticket.category}, by{" "}
            {ticket.openedBy.name ?? "somebody who has left"}
            <CloseButton ticket={ticket} onClose={() => run(api.close(ticket.id))} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Disabled with its reason for who may not, so that nobody wonders. */
function CloseButton({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const needed = useNeeded({ permission: "tickets:update" });
  const reason = ticket.canUpdate ? undefined : needed;
  return (
    <button type="button" disabled={!ticket.canUpdate} title={reason} onClick={onClose}>
      Close
    </button>
  );
}

type Create = Parameters<TicketsApi["create"]>;

function NewTicket({ onCreate }: { onCreate: (...ticket: Create) => Promise<boolean> }) {
  // One key for one ticket: sent twice, it is opened once.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name) ?? "");
    const isOpened = await onCreate(
      {
        title: text("title"),
        description: text("description"),
        priority: text("priority") as Ticket["priority"],
        category: text("category"),
      },
      key,
    );
    if (!isOpened) return;
    form.reset();
    setKey(crypto.randomUUID());
  };
  return (
    <form onSubmit={submit}>
      <label>
        Title <input name="title" required maxLength={200} />
      </label>
      <label>
        Description <textarea name="description" maxLength={10_000} />
      </label>
      <label>
        Priority
        <select name="priority" defaultValue="medium">
          <option>low</option>
          <option>medium</option>
          <option>high</option>
        </select>
      </label>
      <label>
        Category <input name="category" required maxLength={64} defaultValue="technical" />
      </label>
      <button type="submit">Open a ticket</button>
    </form>
  );
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong";
}
