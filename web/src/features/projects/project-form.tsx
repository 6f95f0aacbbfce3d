import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError, describeError } from "@/api/errors";
import { Button } from "@/components/ui/button";
import { TextArea, TextField } from "@/components/ui/field";
import type { ProjectInput } from "./data";

const NAME_MAX = 200;
const DESCRIPTION_MAX = 2000;

interface ProjectFormProps<T> {
  initial?: ProjectInput;
  /** The verb on the button. */
  action: string;
  save(input: ProjectInput): Promise<T>;
  onSaved(result: T): void;
  onCancel(): void;
}

/** Name and description, for a new project and for one that exists. */
export function ProjectForm<T>({ initial, action, save, onSaved, onCancel }: ProjectFormProps<T>) {
  const [name, setName] = useState(initial?.name ?? "");
  const [description, setDescription] = useState(initial?.description ?? "");
  const [touched, setTouched] = useState(false);
  const errorId = useId();
  const mutation = useMutation({ mutationFn: save, onSuccess: onSaved });
  const refusal = mutation.error instanceof ApiError ? mutation.error : undefined;
  const missing = touched && name.trim() === "" ? "A project needs a name." : undefined;
  const general =
    mutation.error && !(refusal && refusal.fields.length > 0)
      ? describeError(mutation.error)
      : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (name.trim() === "" || mutation.isPending) return;
    mutation.mutate({ name: name.trim(), description: description.trim() || null });
  };

  return (
    <form
      onSubmit={submit}
      noValidate
      className="space-y-4"
      aria-describedby={general ? errorId : undefined}
    >
      <TextField
        label="Name"
        value={name}
        maxLength={NAME_MAX}
        autoComplete="off"
        required
        onChange={(event) => setName(event.target.value)}
        error={missing ?? refusal?.forField("name")}
      />
      <TextArea
        label="Description"
        hint="Optional. What is it about, and for whom?"
        value={description}
        maxLength={DESCRIPTION_MAX}
        onChange={(event) => setDescription(event.target.value)}
        error={refusal?.forField("description")}
      />
      {general && (
        <p
          id={errorId}
          role="alert"
          className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm"
        >
          {general}
        </p>
      )}
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="secondary" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" busy={mutation.isPending}>
          {action}
        </Button>
      </div>
    </form>
  );
}
