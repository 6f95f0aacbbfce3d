import { createHmac } from "node:crypto";
import { unique } from "./people";
import { settings } from "./settings";

/** Sends a webhook in the identity provider's name; answers its id and how it was received. */
export async function sendWebhook(body: string): Promise<{ id: string; status: number }> {
  const id = `msg_${unique()}`;
  const timestamp = Math.floor(Date.now() / 1000).toString();
  const key = Buffer.from(settings.webhookSecret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const answer = await fetch(`${settings.appUrl}/api/webhooks/clerk`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "svix-id": id,
      "svix-timestamp": timestamp,
      "svix-signature": `v1,${signature}`,
    },
    body,
  });
  return { id, status: answer.status };
}

/** A webhook that tells of a new user with a verified e-mail. */
export function userCreated(clerkUserId: string, email: string): string {
  const now = Date.now();
  return JSON.stringify({
    type: "user.created",
    object: "event",
    data: {
      id: clerkUserId,
      object: "user",
      first_name: "Other",
      last_name: "Person",
      primary_email_address_id: `idn_${clerkUserId}`,
      email_addresses: [
        {
          id: `idn_${clerkUserId}`,
          object: "email_address",
          email_address: email,
          verification: { status: "verified", strategy: "email_code" },
          linked_to: [],
        },
      ],
      public_metadata: {},
      private_metadata: {},
      unsafe_metadata: {},
      created_at: now,
      updated_at: now,
    },
  });
}

/** A webhook that tells of the end of a user. */
export function userDeleted(clerkUserId: string): string {
  return JSON.stringify({
    type: "user.deleted",
    object: "event",
    data: { id: clerkUserId, object: "user", deleted: true },
  });
}
