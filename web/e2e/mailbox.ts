import { expect } from "@playwright/test";
import { settings } from "./settings";

interface Message {
  subject: string | null;
  text: string;
}

/** Waits for the newest message to an address and takes its six-digit code. */
export function codeFor(address: string): Promise<string> {
  return find(address, /\b(\d{6})\b/);
}

/** Waits for the newest message to an address and takes its link. */
export function linkFor(address: string): Promise<string> {
  return find(address, /(https?:\/\/\S+)/);
}

/** What was taken before: a code counts once. */
const taken = new Set<string>();

async function find(address: string, what: RegExp): Promise<string> {
  let found: string | undefined;
  await expect(async () => {
    const answer = await fetch(
      `${settings.mailUrl}/api/messages?to=${encodeURIComponent(address)}`,
    );
    expect(answer.ok).toBe(true);
    const body: unknown = await answer.json();
    const messages = (Array.isArray(body) ? body : (body as { data: Message[] }).data) as Message[];
    found = messages
      .map(({ text, subject }) => what.exec(`${text} ${subject ?? ""}`)?.[1])
      .find((match) => match && !taken.has(`${address} ${match}`));
    expect(found, `${what} for ${address}`).toBeDefined();
  }).toPass({ timeout: 20_000, intervals: [100, 250, 500] });
  taken.add(`${address} ${found}`);
  return found ?? "";
}
