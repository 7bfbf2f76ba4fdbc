// The points of a metric of a run, in columns of doubles: what is asked of the server, put together.
import type { Schemas } from '../../../api/client';
import { numberOf } from '../runs';

/** Points in the order of x. */
export interface Points {
  x: Float64Array;
  y: Float64Array;
  step: Float64Array;
}

/** A curve: points of the whole series, and finer ones of a part of it. */
export interface Curve extends Points {
  run: string;
  /** How many points the series has. */
  total: number;
  /** Whether the points are all that the series has. */
  whole: boolean;
  /** Finer points of a part, and whether they are all that it has. */
  detail?: { points: Points; from: number; to: number; whole: boolean };
}

type Answered = Schemas['Curve'];

/** Columns of an answer, in the order of x. */
export function pointsOf(c: Answered): Points {
  const x = new Float64Array(c.x ?? []), values = c.y ?? [], y = new Float64Array(values.length);
  for (let i = 0; i < y.length; i++) y[i] = numberOf(values[i]);
  return sorted({ x, y, step: c.steps ? new Float64Array(c.steps) : x });
}

/** Points in the order of x; those at the same x stay as they were logged. */
function sorted(p: Points): Points {
  let ordered = true;
  for (let i = 1; i < p.x.length && ordered; i++) ordered = p.x[i - 1]! <= p.x[i]!;
  if (ordered) return p;
  const order = Array.from(p.x.keys()).sort((a, b) => p.x[a]! - p.x[b]! || a - b);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(order, i => column[i]!);
  const x = pick(p.x);
  return { x, y: pick(p.y), step: p.step === p.x ? x : pick(p.step) };
}

export function curveOf(c: Answered): Curve {
  const points = pointsOf(c);
  return { run: c.run, total: c.points, whole: points.x.length >= c.points, ...points };
}

function join(parts: Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Points behind each other. */
export function concat(...parts: Points[]): Points {
  const x = join(parts.map(p => p.x));
  return { x, y: join(parts.map(p => p.y)), step: parts.every(p => p.step === p.x) ? x : join(parts.map(p => p.step)) };
}

export function slice(p: Points, from: number, to: number): Points {
  const x = p.x.subarray(from, to);
  return { x, y: p.y.subarray(from, to), step: p.step === p.x ? x : p.step.subarray(from, to) };
}

/** The place of the first x that is not less than a value (or that is greater, with `behind`). */
export function placeOf(x: Float64Array, value: number, behind = false): number {
  let low = 0, high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < value || (behind && x[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the point nearest to an x; -1 where there is none. */
export function nearest(x: Float64Array, value: number): number {
  const at = placeOf(x, value);
  if (at === x.length || (at > 0 && value - x[at - 1]! < x[at]! - value)) return at - 1;
  return at;
}

/** The points to draw: the whole series, and where there are finer ones, those. */
export function composed(c: Curve): Points {
  const d = c.detail?.points;
  if (d === undefined || d.x.length === 0) return c;
  const before = placeOf(c.x, d.x[0]!), behind = placeOf(c.x, d.x[d.x.length - 1]!, true);
  return concat(slice(c, 0, before), d, slice(c, behind, c.x.length));
}

/**
 * A curve with points that were logged since, asked for from its last step on; null when they do not fit on (steps that were logged
 * out of order), and the series is to be read again.
 */
export function longer(c: Curve, more: Curve): Curve | null {
  let last = -Infinity;
  for (const step of c.step) if (step > last) last = step;
  let known = 0;
  for (let i = c.step.length - 1; i >= 0 && c.step[i] === last; i--) known++;
  const from = more.step.findIndex((step, i) => step > last || (step === last && i >= known));
  const added = from < 0 ? 0 : more.x.length - from;
  if (c.total + added !== more.total) return null;
  if (added === 0) return c;
  if (c.x.length > 0 && more.x[from]! < c.x[c.x.length - 1]!) return null;
  return { ...c, ...concat(c, slice(more, from, more.x.length)), total: more.total };
}

/** The greatest step, from which on newer points are asked for. */
export function lastStep(c: Curve): number {
  let last = 0;
  for (const step of c.step) if (step > last) last = step;
  return last;
}
