type Point = readonly [x: number, y: number];

/** One piece of ground. */
export interface Parcel {
  /** Its outline as SVG path data. */
  path: string;
  area: number;
  /** The middle of it. */
  center: Point;
  /** A number of its own in 0..1, for colouring. */
  shade: number;
}

const GAP = 3;
const DEPTH = 6;

/** Divides a field into irregular pieces, always the same for the same seed. */
export function parcels(width: number, height: number, seed: number): Parcel[] {
  const random = generator(seed);
  const field: Point[] = [
    [-24, -24],
    [width + 24, -24],
    [width + 24, height + 24],
    [-24, height + 24],
  ];
  return divide(field, DEPTH, random).map((outline) => ({
    path: `M${inset(outline)
      .map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`)
      .join("L")}Z`,
    area: area(outline),
    center: middle(outline),
    shade: random(),
  }));
}

function divide(outline: Point[], depth: number, random: () => number): Point[][] {
  const size = area(outline);
  if (depth === 0 || size < 3400 || (depth < 4 && size < 15_000 && random() < 0.32))
    return [outline];
  const edge = longest(outline);
  const opposite = (edge + Math.floor(outline.length / 2)) % outline.length;
  const a = between(outline, edge, 0.36 + random() * 0.28);
  const b = between(outline, opposite, 0.36 + random() * 0.28);
  const [first, second] = split(outline, edge, opposite, a, b);
  return [...divide(first, depth - 1, random), ...divide(second, depth - 1, random)];
}

function split(outline: Point[], i: number, j: number, a: Point, b: Point): [Point[], Point[]] {
  const walk = (from: number, to: number): Point[] => {
    const points: Point[] = [];
    for (let k = (from + 1) % outline.length; ; k = (k + 1) % outline.length) {
      const point = outline[k];
      if (point) points.push(point);
      if (k === to) return points;
    }
  };
  return [
    [a, ...walk(i, j), b],
    [b, ...walk(j, i), a],
  ];
}

function at(outline: Point[], index: number): Point {
  return outline[index % outline.length] ?? [0, 0];
}

function between(outline: Point[], edge: number, share: number): Point {
  const [x1, y1] = at(outline, edge);
  const [x2, y2] = at(outline, edge + 1);
  return [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
}

function longest(outline: Point[]): number {
  const lengths = outline.map((point, index) => {
    const [x, y] = at(outline, index + 1);
    return Math.hypot(x - point[0], y - point[1]);
  });
  return lengths.indexOf(Math.max(...lengths));
}

function area(outline: Point[]): number {
  const twice = outline.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = at(outline, index + 1);
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

function middle(outline: Point[]): Point {
  const sum = (pick: (point: Point) => number) =>
    outline.reduce((all, point) => all + pick(point), 0);
  return [sum(([x]) => x) / outline.length, sum(([, y]) => y) / outline.length];
}

/** Draws the corners a little towards the middle, so that a path runs between the pieces. */
function inset(outline: Point[]): Point[] {
  const [cx, cy] = middle(outline);
  return outline.map(([x, y]) => {
    const distance = Math.hypot(cx - x, cy - y) || 1;
    return [x + ((cx - x) / distance) * GAP, y + ((cy - y) / distance) * GAP] as const;
  });
}

/** A small deterministic generator (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
