import type { TokenSource } from "@bailiwick/react";

export interface Ticket {
  id: string;
  title: string;
  description: string | null;
  priority: "low" | "medium" | "high";
  category: string;
  status: "open" | "closed";
  openedBy: { id: string; name: string | null };
  createdAt: string;
  updatedAt: string;
  canUpdate: boolean;
}

export interface TicketCreate {
  title: string;
  description?: string;
  priority: Ticket["priority"];
  category: string;
}

/** What the server refused, in words for people. */
export class RefusedError extends Error {
  constructor(
    readonly code: string,
    title: string,
  ) {
    super(title);
  }
}

/** The operations of tickets that the page needs. */
export interface TicketsApi {
  list(cursor: string | null): Promise<{ data: Ticket[]; nextCursor: string | null }>;
  create(ticket: TicketCreate, key: string): Promise<Ticket>;
  close(id: string): Promise<Ticket>;
}

export function ticketsApi(getToken: TokenSource, baseUrl = ""): TicketsApi {
  async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    let refused: RefusedError | undefined;
    // Once more with a fresh token where it is refused: they last a minute.
    for (const fresh of [false, true]) {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${await getToken({ fresh })}`);
      if (init.body) headers.set("content-type", "application/json");
      const response = await fetch(`${baseUrl}/api/v1${path}`, { ...init, headers });
      const body = await response.json();
      if (response.ok) return body as T;
      refused = new RefusedError(body.code, body.detail ?? body.title);
      if (response.status !== 401) break;
    }
    throw refused;
  }
  return {
    list: (cursor) => ask(`/tickets?status=open${cursor ? `&cursor=${cursor}` : ""}`),
    create: (ticket, key) =>
      ask("/tickets", {
        method: "POST",
        headers: { "idempotency-key": key },
        body: JSON.stringify(ticket),
      }),
    close: (id) =>
      ask(`/tickets/${id}`, { method: "PATCH", body: JSON.stringify({ status: "closed" }) }),
  };
}
