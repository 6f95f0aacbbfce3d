import { type Api, take } from "@/api/client";
import type { Organization, OrganizationPatch } from "@/api/types";

/** What an organization says of itself, as it stands in a form. */
export interface Details {
  name: string;
  slug: string;
  type: string;
  taxId: string;
  description: string;
}

/** The form of an organization. */
export function detailsOf(org: Organization): Details {
  return {
    name: org.name,
    slug: org.slug,
    type: org.type ?? "",
    taxId: org.taxId ?? "",
    description: org.description ?? "",
  };
}

/** What of the form differs from what holds; nothing else is sent. */
export function changes(before: Details, after: Details): OrganizationPatch {
  const trimmed = Object.entries(after).map(([key, value]) => [key, value.trim()] as const);
  return Object.fromEntries(
    trimmed.filter(([key, value]) => before[key as keyof Details] !== value),
  );
}

/** Changes an organization. Answers whether the identity provider has yet to follow. */
export async function updateOrganization(
  api: Api,
  id: string,
  body: OrganizationPatch,
): Promise<{ isOnItsWay: boolean }> {
  const outcome = api.PATCH("/api/v1/organizations/{id}", { params: { path: { id } }, body });
  await take(outcome);
  return { isOnItsWay: (await outcome).response.status === 202 };
}
