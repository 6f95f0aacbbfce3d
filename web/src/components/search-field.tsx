import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { TextField } from "./ui/field";

interface SearchFieldProps {
  /** What is searched, as in "Search projects". */
  label: string;
  value: string;
  onChange(value: string): void;
}

/** A line to search by. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  return (
    <div className="relative min-w-0 max-w-sm flex-1 basis-60">
      <Search
        className="pointer-events-none absolute top-3 left-3 z-10 size-4 text-faint"
        aria-hidden
      />
      <TextField
        label={label}
        hideLabel
        type="search"
        placeholder={label}
        className="pl-9"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

const PAUSE_MS = 250;

/** A value once it has stayed the same for a moment: what is typed is not asked for letter by letter. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
