import { NetworkError } from "@/api/errors";

/** Headers that the browser sets itself and forbids a page to set. */
const BROWSERS_OWN = new Set(["content-length", "host", "connection", "origin", "referer"]);

/** What became of a sending. `already-there`: the store holds these bytes from an earlier attempt. */
export type Sent = "stored" | "already-there";

/** The store answered, and refused the bytes. */
export class StoreRefusal extends Error {
  override readonly name = "StoreRefusal";

  constructor(readonly status: number) {
    super(`The store answered ${status}`);
  }
}

interface PutOptions {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Blob;
  signal: AbortSignal;
  onProgress(sent: number): void;
}

/** Puts the bytes where the signed address says, with exactly the signed headers. */
export function put({ url, headers, body, signal, onProgress }: PutOptions): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const settle = (end: () => void) => {
      signal.removeEventListener("abort", abort);
      end();
    };
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      if (!BROWSERS_OWN.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () =>
      settle(() => {
        if (request.status >= 200 && request.status < 300) resolve("stored");
        else if (request.status === 409 || request.status === 412) resolve("already-there");
        else reject(new StoreRefusal(request.status));
      }),
    );
    request.addEventListener("error", () => settle(() => reject(new NetworkError(request.status))));
    request.addEventListener("abort", () =>
      settle(() => reject(new DOMException("Canceled", "AbortError"))),
    );
    if (signal.aborted) return reject(new DOMException("Canceled", "AbortError"));
    signal.addEventListener("abort", abort);
    // A blob without a type of its own: the browser must not add a header that was not signed.
    request.send(body.slice(0, body.size, ""));
  });
}
