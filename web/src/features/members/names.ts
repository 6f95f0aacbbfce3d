/** What to call somebody whose name may be gone. */
export function personName(person: { name?: string | null }): string {
  return person.name || "a former member";
}
