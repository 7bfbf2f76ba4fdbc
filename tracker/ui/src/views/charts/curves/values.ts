// The values of curves in words and figures: at the cursor, in the table, in the summary.
import { number, secondsOf } from '../../../parts/format';
import { trans } from '../../../trans';
import { nearest } from '../series/curve';
import type { Drawn } from '../series/store';
import type { Line } from './line';
import type { Settings } from '../settings';
import { placed, seconds } from './axes';

/** An x as a reader writes it. */
export function placeText(x: number, by: Settings['by']): string {
  if (by === 'step') return trans.__('step %1', x.toLocaleString('en', { maximumFractionDigits: 0 }));
  return by === 'relative' ? seconds(Number(x.toPrecision(6))) : secondsOf(new Date(x * 1000));
}

/** The places of the points nearest to an x, by run; a curve that ended before, or begins behind, has none. */
export function pointsAt(lines: Line[], x: number | null, tolerance: number): Map<string, number> {
  const at = new Map<string, number>();
  if (x === null) return at;
  for (const { run, points } of lines) {
    const i = nearest(points.x, x), n = points.x.length;
    if (i >= 0 && x >= points.x[0]! - tolerance && x <= points.x[n - 1]! + tolerance) at.set(run, i);
  }
  return at;
}

export interface Figures {
  first: number;
  last: number;
  lastX: number;
  min: number;
  minX: number;
  max: number;
  maxX: number;
  /** Values among them that are not numbers or infinite. */
  odd: number;
  /** Values that a logarithmic axis has no place for. */
  unplaced: number;
}

export function figuresOf(points: Drawn['points'], logY: boolean): Figures {
  const { x, y } = points, n = y.length;
  const f: Figures = { first: y[0] ?? NaN, last: y[n - 1] ?? NaN, lastX: x[n - 1] ?? NaN, min: NaN, minX: NaN, max: NaN, maxX: NaN, odd: 0, unplaced: 0 };
  for (let i = 0; i < n; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) f.odd++;
    else {
      if (!placed(value, logY)) f.unplaced++;
      if (!(value >= f.min)) [f.min, f.minX] = [value, x[i]!];
      if (!(value <= f.max)) [f.max, f.maxX] = [value, x[i]!];
    }
  }
  return f;
}

/** What a chart shows, in sentences. */
export function summary(metric: string, lines: Line[], of: number, by: Settings['by']): string {
  const all = lines.map(l => ({ name: l.name, ...figuresOf(l.points, false) })).filter(f => Number.isFinite(f.last));
  if (all.length === 0) return trans._n('%2 of %1 run has %3.', '%2 of %1 runs have %3.', of, lines.length, metric);
  const [low, high] = [all.reduce((a, b) => (b.last < a.last ? b : a)), all.reduce((a, b) => (b.last > a.last ? b : a))];
  const until = placeText(Math.max(...all.map(f => f.lastX)), by);
  const runs = trans._n('%2 of %1 run has %3, up to %4.', '%2 of %1 runs have %3, up to %4.', of, lines.length, metric, until);
  return `${runs} ${trans.__('The last values reach from %1 (%2) to %3 (%4).', number(low.last), low.name, number(high.last), high.name)}`;
}
