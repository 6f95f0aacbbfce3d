import createClient, { type Client, type Middleware } from "openapi-fetch";
import { NetworkError, toApiError } from "./errors";
import type { paths } from "./schema.gen";

/** Gives the session token to send; `fresh` asks for one that was not seen yet. */
export type TokenSource = (options: { fresh: boolean }) => Promise<string | null>;

/** The typed client of the product's API. */
export type Api = Client<paths>;

/**
 * A client whose every call carries the token of `source`. A token that the server refuses is
 * replaced once; what is refused then is the caller's to handle.
 */
export function createApi(source: TokenSource): Api {
  const api = createClient<paths>({ baseUrl: window.location.origin, fetch: send });
  api.use(authorize(source));
  return api;
}

/** A client for what everybody may ask. */
export function createPublicApi(): Api {
  return createClient<paths>({ baseUrl: window.location.origin, fetch: send });
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new NetworkError(cause);
  }
}

function authorize(source: TokenSource): Middleware {
  const second = new WeakMap<Request, Request>();
  const sign = async (request: Request, fresh: boolean) => {
    const token = await source({ fresh });
    if (token) request.headers.set("authorization", `Bearer ${token}`);
    return token;
  };
  return {
    async onRequest({ request }) {
      second.set(request, request.clone());
      await sign(request, false);
      return request;
    },
    async onResponse({ request, response }) {
      const again = second.get(request);
      if (response.status !== 401 || !again) return undefined;
      return (await sign(again, true)) ? send(again) : undefined;
    },
  };
}

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or the refusal as an [`ApiError`] thrown. */
export async function take<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await outcome;
  if (!response.ok) throw toApiError(response, error);
  return data as T;
}

/** A key under which the server does the same thing once, however often it is asked. */
export function idempotencyKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
