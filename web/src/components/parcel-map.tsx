import { useEffect, useMemo, useState } from "react";
import { cn } from "@/lib/cn";
import { type Parcel, parcels } from "./parcels";

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
  const marked = useMemo(() => marks(ground), [ground]);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!busy || window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
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
              ? "var(--bw-accent)"
              : parcel.shade > 0.72
                ? "var(--bw-accent-soft)"
                : "var(--bw-surface)"
          }
          stroke={index === mine ? "var(--bw-accent)" : "var(--bw-line-strong)"}
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

/** The pieces worth pointing at: well inside the picture however it is cut, not too small, in a wandering order. */
function marks(ground: readonly Parcel[]): number[] {
  const inside = ground.flatMap(({ center: [x, y], area }, index) =>
    Math.abs(x / WIDTH - 0.5) < 0.19 && Math.abs(y / HEIGHT - 0.5) < 0.24 && area > 2600
      ? [index]
      : [],
  );
  return [...inside.filter((_, n) => n % 2 === 0), ...inside.filter((_, n) => n % 2 === 1)];
}
