import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import type { Api } from "@/api/client";
import { ApiError, describeError } from "@/api/errors";
import type { ImpersonationStarted } from "@/api/types";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { endMine, MINUTES, REASON_MAX, startImpersonation } from "./data";

interface SignInAsFormProps {
  api: Api;
  userId: string;
  onStarted(started: ImpersonationStarted): void;
  onCancel(): void;
}

/** Why, and for how long. */
export function SignInAsForm({ api, userId, onStarted, onCancel }: SignInAsFormProps) {
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(String(MINUTES[0]));
  const [touched, setTouched] = useState(false);
  const ids = { length: useId(), error: useId() };
  const start = useMutation({
    mutationFn: async ({ endsOther }: { endsOther: boolean }) => {
      if (endsOther) await endMine(api);
      return startImpersonation(api, userId, reason.trim(), Number(minutes));
    },
    onSuccess: onStarted,
  });
  const refusal = start.error instanceof ApiError ? start.error : undefined;
  const missing = touched && reason.trim() === "" ? "It needs a reason." : undefined;
  const isPerField = refusal !== undefined && refusal.fields.length > 0;
  const general = start.error && !isPerField ? describeError(start.error) : undefined;
  const actsAlready = refusal?.code === "CONFLICT" && refusal.detail?.includes("already");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (reason.trim() === "" || start.isPending) return;
    start.mutate({ endsOther: Boolean(actsAlready) });
  };

  return (
    <form
      onSubmit={submit}
      noValidate
      className="space-y-4"
      aria-describedby={general ? ids.error : undefined}
    >
      <TextField
        label="Reason"
        hint="What is it about? The number of a case helps."
        value={reason}
        maxLength={REASON_MAX}
        autoComplete="off"
        required
        onChange={(event) => setReason(event.target.value)}
        error={missing ?? refusal?.forField("reason") ?? refusal?.forField("userId")}
      />
      <div>
        <p id={ids.length} className="mb-1.5 font-[550] text-sm" aria-hidden>
          For how long
        </p>
        <Select
          label="For how long"
          className="w-full"
          value={minutes}
          onValueChange={setMinutes}
          options={MINUTES.toSorted((a, b) => a - b).map((count) => ({
            value: String(count),
            label:
              count < 60 ? `${count} minutes` : count === 60 ? "1 hour" : `${count / 60} hours`,
          }))}
        />
      </div>
      {general && (
        <p
          id={ids.error}
          role="alert"
          className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm"
        >
          {general}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2 pt-1">
        <Button variant="secondary" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" busy={start.isPending}>
          {actsAlready ? "End the other and make the link" : "Make the link"}
        </Button>
      </div>
    </form>
  );
}
