import { useEffect, useMemo, useState } from "react";
import { cn } from "@/lib/cn";
import { parcels } from "./parcels";

const WIDTH = 640;
const HEIGHT = 480;
const STEP_MS = 1800;

interface ParcelMapProps {
  className?: string;
  /** The highlighted piece wanders, for as long as something is being prepared. */
  busy?: boolean;
  /** Draws the boundaries on first sight. */
  drawn?: boolean;
}

/** A made-up land register: many pieces of ground side by side, one of them yours. Decoration. */
export function ParcelMap({ className, busy, drawn }: ParcelMapProps) {
  const ground = useMemo(() => parcels(WIDTH, HEIGHT, 23), []);
  const marked = useMemo(() => marks(ground.map((parcel) => parcel.area)), [ground]);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!busy) return;
    const timer = setInterval(() => setTurn((n) => n + 1), STEP_MS);
    return () => clearInterval(timer);
  }, [busy]);
  const mine = marked[turn % marked.length];
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      className={cn("bg-sunken", className)}
    >
      {ground.map((parcel, index) => (
        <path
          key={parcel.path}
          d={parcel.path}
          pathLength={1}
          className="transition-[fill,stroke] duration-700"
          fill={
            index === mine
              ? "var(--accent)"
              : parcel.shade > 0.72
                ? "var(--accent-soft)"
                : "var(--surface)"
          }
          stroke={index === mine ? "var(--accent)" : "var(--line-strong)"}
          strokeWidth={index === mine ? 2 : 1.25}
          strokeLinejoin="round"
          style={
            drawn
              ? { strokeDasharray: 1, animation: `draw 900ms ${index * 24}ms ease-out backwards` }
              : undefined
          }
        />
      ))}
    </svg>
  );
}

/** The pieces worth pointing at: those of middling size, in a fixed order. */
function marks(areas: number[]): number[] {
  const sorted = [...areas].sort((a, b) => a - b);
  const low = sorted[Math.floor(sorted.length * 0.55)] ?? 0;
  return areas
    .flatMap((area, index) => (area >= low ? [index] : []))
    .filter((_, index) => index % 2 === 0);
}
