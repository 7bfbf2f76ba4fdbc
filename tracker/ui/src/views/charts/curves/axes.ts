// Axes of charts: how their ends are chosen and how they are written.
import { secondsOf } from '../../../parts/format';
import type { Drawn } from '../series/store';
import { placeOf } from '../series/curve';

export interface Span {
  min: number;
  max: number;
}

/** Whether a value has a place on an axis. */
export function placed(value: number, log: boolean): boolean {
  return Number.isFinite(value) && (!log || value > 0);
}

function grow(span: Span, value: number, log: boolean): void {
  if (!placed(value, log)) return;
  if (value < span.min) span.min = value;
  if (value > span.max) span.max = value;
}

/** From the first x of all curves to the last one. */
export function spanOfX(drawn: Pick<Drawn, 'points'>[], log: boolean): Span {
  const span = { min: Infinity, max: -Infinity };
  for (const { points: { x } } of drawn) {
    if (x.length === 0) continue;
    grow(span, x[log ? placeOf(x, 0, true) : 0] ?? NaN, log);
    grow(span, x[x.length - 1]!, log);
  }
  return widened(span, log, 0);
}

/** From the least value to the greatest of those that are shown, with some air. */
export function spanOfY(drawn: Pick<Drawn, 'points' | 'shown'>[], window: Span, log: boolean): Span {
  const span = { min: Infinity, max: -Infinity };
  for (const { points, shown } of drawn) {
    const from = Math.max(0, placeOf(points.x, window.min) - 1), to = Math.min(points.x.length, placeOf(points.x, window.max, true) + 1);
    for (let i = from; i < to; i++) {
      grow(span, points.y[i]!, log);
      if (shown !== points.y) grow(span, shown[i]!, log);
    }
  }
  return widened(span, log, 0.05);
}

/** A span with air around it; one of nothing becomes one that can be drawn. */
export function widened({ min, max }: Span, log: boolean, air: number): Span {
  if (min > max) return log ? { min: 0.1, max: 10 } : { min: 0, max: 1 };
  if (min === max) {
    if (log) return { min: min / 2, max: max * 2 };
    const half = Math.abs(min) * 0.1 || 0.5;
    return { min: min - half, max: max + half };
  }
  if (log) return { min: min / Math.pow(max / min, air), max: max * Math.pow(max / min, air) };
  return { min: min - air * (max - min), max: max + air * (max - min) };
}

/** Round places of a logarithmic axis: powers of ten, with twos and fives where there are few of them. */
export function logTicks(min: number, max: number, most: number): number[] {
  const decades = Math.log10(max / min), ticks: number[] = [];
  if (!(decades > 0)) return ticks;
  if (decades < 1) {
    const rough = (max - min) / most, power = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].map(k => k * power).find(k => k >= rough)!;
    for (let k = Math.ceil(min / step); k * step <= max && ticks.length < 50; k++) ticks.push(Number((k * step).toPrecision(12)));
    return ticks;
  }
  const each = Math.max(1, Math.ceil(decades / most)), between = decades * 3 <= most ? [1, 2, 5] : [1];
  for (let e = Math.floor(Math.log10(min)); e <= Math.ceil(Math.log10(max)); e += each) {
    for (const k of between) {
      const value = Number(`${k}e${e}`);
      if (value >= min && value <= max) ticks.push(value);
    }
  }
  return ticks;
}

const letters = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const;

/** A tick, short: 20k, 0.05, 1e−6. */
export function tick(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e15)) return value.toExponential(size < 1e-3 ? 1 : 2).replace(/\.?0+e/, 'e').replace('+', '').replace(/-/g, '−');
  for (const [unit, letter] of letters) if (size >= unit * 10 || (size >= unit && unit > 1e3)) return trim(value / unit) + letter;
  return trim(value);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−');
}

/** Seconds as a span of time: 45 s, 3 min, 2 h 10 min. */
export function seconds(value: number): string {
  const size = Math.abs(value), sign = value < 0 ? '−' : '';
  if (size < 120) return `${sign}${trim(size)} s`;
  const minutes = size / 60;
  if (minutes < 120) return `${sign}${Number(minutes.toFixed(1))} min`;
  const hours = Math.floor(Math.round(minutes) / 60), rest = Math.round(minutes) % 60;
  return `${sign}${hours} h${rest > 0 ? ` ${rest} min` : ''}`;
}

/** A moment on an axis, where the reader is: as much of it as tells it from its neighbours, which are so many seconds away. */
export function moment(value: number, apart: number): string {
  const text = secondsOf(new Date(value * 1000));
  if (apart >= 86400) return text.slice(0, 10);
  return apart >= 60 ? text.slice(11, 16) : text.slice(11, 19);
}
