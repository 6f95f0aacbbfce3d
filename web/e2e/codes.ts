import { createHmac } from "node:crypto";
import { expect, type Page } from "@playwright/test";

/** The code of an authenticator (RFC 6238) for a secret in base 32, a number of steps from now. */
export function totp(secret: string, step = 0): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/[^A-Z2-7]/gi, "").toUpperCase()]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const hash = createHmac("sha1", key).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Types into a field of single digits. */
export async function enterCode(page: Page, code: string): Promise<void> {
  const field = page.getByRole("textbox", { name: /code/i }).first();
  await expect(field).toBeVisible();
  await field.pressSequentially(code, { delay: 20 });
}
