import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { ApiError, describeError } from "@/api/errors";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextArea, TextField } from "@/components/ui/field";
import { GatedButton } from "@/components/ui/gated";
import { useOperator } from "./context";
import { usePlatformChange } from "./use-platform";

/** As the server reads a flag's key. */
const KEY = /^[a-z][a-z0-9_.-]{0,99}$/;

/** Makes a flag, switched off. */
export function NewFlag() {
  const { obstacle } = useOperator();
  const [open, setOpen] = useState(false);
  return (
    <>
      <GatedButton reason={obstacle("platform:set_flags")} onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        New flag
      </GatedButton>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="New flag"
        description="It is off for everybody, until you switch it on."
      >
        <Form onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Form({ onDone }: { onDone(): void }) {
  const [key, setKey] = useState("");
  const [description, setDescription] = useState("");
  const [isTouched, setTouched] = useState(false);
  const make = usePlatformChange(
    (commands) =>
      commands.setFlag(key, { isEnabled: false, description: description.trim() || undefined }),
    { done: () => `${key} is there, switched off.`, onDone, quiet: true },
  );
  const refusal = make.error instanceof ApiError ? make.error : undefined;
  const isGood = KEY.test(key);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (isGood && !make.isPending) make.mutate();
  };
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <TextField
        label="Name in code"
        hint="As new_editor: small letters, digits, and _ . -"
        value={key}
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        onChange={(event) => setKey(event.target.value.trim())}
        error={
          refusal?.forField("key") ??
          (isTouched && !isGood
            ? "Begin with a small letter; then small letters, digits, and _ . -"
            : undefined)
        }
      />
      <TextArea
        label="What it does"
        value={description}
        maxLength={500}
        onChange={(event) => setDescription(event.target.value)}
        error={refusal?.forField("description")}
      />
      {make.error && !(refusal && refusal.fields.length > 0) && (
        <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
          {describeError(make.error)}
        </p>
      )}
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="secondary" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" busy={make.isPending}>
          Make it
        </Button>
      </div>
    </form>
  );
}
