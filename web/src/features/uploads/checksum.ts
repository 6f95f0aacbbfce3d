/** Files up to this size get a checksum: WebCrypto wants the whole file in memory. */
export const CHECKSUM_MAX_BYTES = 64 * 1024 * 1024;

/** The SHA-256 of a file in hex, or nothing where it is too large or the page is not in a secure context. */
export async function checksum(file: Blob): Promise<string | undefined> {
  if (file.size > CHECKSUM_MAX_BYTES || globalThis.crypto?.subtle === undefined) return undefined;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
