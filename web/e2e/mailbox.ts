import { expect } from "@playwright/test";
import { settings } from "./settings";

interface Message {
  subject: string;
  text: string;
}

/** Waits for the newest message to an address and takes its six-digit code. */
export async function codeFor(address: string): Promise<string> {
  let code: string | undefined;
  await expect(async () => {
    const answer = await fetch(
      `${settings.mailUrl}/api/messages?to=${encodeURIComponent(address)}`,
    );
    expect(answer.ok).toBe(true);
    const body: unknown = await answer.json();
    const messages = (Array.isArray(body) ? body : (body as { data: Message[] }).data) as Message[];
    code = messages
      .map(({ text, subject }) => /\b(\d{6})\b/.exec(`${text} ${subject}`)?.[1])
      .find(Boolean);
    expect(code, `a code for ${address}`).toBeDefined();
  }).toPass({ timeout: 20_000, intervals: [100, 250, 500] });
  return code ?? "";
}
