import { useClerk } from "@clerk/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, describeError } from "@/api/errors";
import { Card } from "@/components/ui/bits";
import { TextArea, TextField } from "@/components/ui/field";
import { GatedButton } from "@/components/ui/gated";
import { useNotify } from "@/components/ui/toast";
import { useOrg } from "@/features/orgs/context";
import { changes, type Details, detailsOf, updateOrganization } from "./data";

/** What an organization says of itself. Who may not change it sees it all the same, and why. */
export function DetailsForm() {
  const { api, org, may } = useOrg();
  const clerk = useClerk();
  const client = useQueryClient();
  const notify = useNotify();
  // Only what is typed here: what others change meanwhile shows in the other fields.
  const [typed, setTyped] = useState<Partial<Details>>({});
  const details = { ...detailsOf(org), ...typed };
  const changed = changes(detailsOf(org), details);
  const isChanged = Object.keys(changed).length > 0;
  const mayChange = may("organization:update");
  const save = useMutation({
    mutationFn: () => updateOrganization(api, org.id, changed),
    onSuccess: async ({ isOnItsWay }) => {
      const rest = "Name and address change as soon as the identity provider answers.";
      notify("good", isOnItsWay ? `Saved. ${rest}` : "Saved.");
      // Name and address are the identity provider's as well: its components show them.
      await clerk.user?.reload().catch(() => undefined);
      await client.invalidateQueries({ queryKey: ["organizations"] });
      setTyped({});
    },
  });
  const refusal = save.error instanceof ApiError ? save.error : undefined;
  const general =
    save.error && !(refusal && refusal.fields.length > 0) ? describeError(save.error) : undefined;
  const field = (name: keyof Details, label: string, max: number, hint?: string) => ({
    label,
    hint,
    value: details[name],
    maxLength: max,
    autoComplete: "off",
    readOnly: !mayChange,
    error: refusal?.forField(name),
    onChange: (event: { target: { value: string } }) =>
      setTyped((all) => ({ ...all, [name]: event.target.value })),
  });
  const reason = !mayChange
    ? "It takes the permission organization:update; an owner or an admin can give it."
    : details.name.trim() === ""
      ? "An organization needs a name."
      : isChanged
        ? undefined
        : "Nothing has changed yet.";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!reason && !save.isPending) save.mutate();
  };
  return (
    <Card className="p-4 sm:p-5">
      <form onSubmit={submit} noValidate className="space-y-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField {...field("name", "Name", 200)} required />
          <TextField
            {...field("slug", "Address", 63, `/org/${details.slug || "…"}`)}
            spellCheck={false}
          />
          <TextField {...field("type", "Kind of company", 64, "In your own words.")} />
          <TextField {...field("taxId", "Tax number", 64)} />
        </div>
        <TextArea {...field("description", "Description", 2000)} />
        {general && (
          <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
            {general}
          </p>
        )}
        <div className="flex justify-end">
          <GatedButton type="submit" busy={save.isPending} reason={reason}>
            Save
          </GatedButton>
        </div>
      </form>
    </Card>
  );
}
