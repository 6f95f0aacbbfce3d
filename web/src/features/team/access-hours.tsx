import type { MemberGrants } from "@/api/types";
import { Checkbox } from "@/components/ui/checkbox";
import { TextField } from "@/components/ui/field";

/** When somebody may act; null: always. */
export type Hours = MemberGrants["access"];

type Day = NonNullable<Hours>["days"][number];

const DAYS: ReadonlyArray<{ value: Day; label: string }> = [
  { value: "mon", label: "Mon" },
  { value: "tue", label: "Tue" },
  { value: "wed", label: "Wed" },
  { value: "thu", label: "Thu" },
  { value: "fri", label: "Fri" },
  { value: "sat", label: "Sat" },
  { value: "sun", label: "Sun" },
];

/** What one begins with: working days by the reader's own clock. */
function usual(): NonNullable<Hours> {
  return {
    days: DAYS.slice(0, 5).map(({ value }) => value),
    from: "08:00",
    to: "18:00",
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Limits when somebody may act. */
export function AccessHours({
  hours,
  onChange,
  fixed,
}: {
  hours: Hours;
  onChange(hours: Hours): void;
  fixed: string | undefined;
}) {
  return (
    <fieldset className="rounded-xl border border-line p-4">
      <legend className="sr-only">When they may act</legend>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the box inside is a button with a name of its own. */}
      <label className="flex items-center gap-2.5 text-sm">
        <Checkbox
          label="Only at certain hours"
          checked={hours !== null}
          reason={fixed}
          onCheckedChange={(on) => onChange(on ? usual() : null)}
        />
        <span aria-hidden>Only at certain hours</span>
      </label>
      {hours && (
        <div className="mt-4 space-y-4">
          <div className="flex flex-wrap gap-x-4 gap-y-2">
            {DAYS.map(({ value, label }) => (
              <span key={value} className="flex items-center gap-2 text-sm">
                <Checkbox
                  label={label}
                  checked={hours.days.includes(value)}
                  reason={fixed}
                  onCheckedChange={(on) =>
                    onChange({
                      ...hours,
                      days: DAYS.map((day) => day.value).filter((day) =>
                        day === value ? on : hours.days.includes(day),
                      ),
                    })
                  }
                />
                <span aria-hidden>{label}</span>
              </span>
            ))}
          </div>
          <div className="grid gap-3 sm:grid-cols-3">
            <TextField
              label="From"
              type="time"
              value={hours.from}
              disabled={fixed !== undefined}
              onChange={(event) => onChange({ ...hours, from: event.target.value })}
            />
            <TextField
              label="To"
              type="time"
              value={hours.to === "24:00" ? "00:00" : hours.to}
              disabled={fixed !== undefined}
              hint={hours.to <= hours.from ? "Ends the next day" : undefined}
              onChange={(event) => onChange({ ...hours, to: event.target.value })}
            />
            <TextField
              label="Time zone"
              value={hours.timeZone}
              maxLength={64}
              disabled={fixed !== undefined}
              onChange={(event) => onChange({ ...hours, timeZone: event.target.value })}
            />
          </div>
        </div>
      )}
    </fieldset>
  );
}
