import { number } from '../../../parts/format';
import { trans } from '../../../trans';
import type { Field } from './table';

/** A value of a field as a reader writes it. */
export function valueText(f: Field, value: number): string {
  if (Number.isNaN(value)) return '–';
  return f.categories ? f.categories[Math.round(value)] ?? '–' : number(value);
}

/** A field as its axis is called. */
export function axisName(f: Field): string {
  return f.log ? trans.__('%1 (log)', f.label) : f.label;
}

/** A rank correlation as a reader writes it. */
export function correlation(rho: number): string {
  const text = rho.toFixed(2).replace('-', '−');
  return Number(rho.toFixed(2)) === 0 ? '0' : rho > 0 ? `+${text}` : text;
}

/** A text as it fits into so many pixels: what is between its ends is left out, as long names differ there least. */
export function fitting(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text;
  const cut = (kept: number): string => `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`;
  let low = 1, high = text.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(cut(middle)) <= room) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}

/** Writes a text, as much of it as fits. */
export function write(c: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
  c.fillText(fitting(text, room, t => c.measureText(t).width), x, y);
}
