// How far two figures are apart. Which of them is better nobody guesses.
import { number } from '../../parts/format';

export type Figure = number | 'NaN' | 'Infinity' | '-Infinity';

/** A figure of the API as a number; NaN and infinities are texts there. */
export function valueOf(figure: Figure): number {
  return Number(figure);
}

/** B less A, with its sign; empty where one of them is no finite number. */
export function absolute(a: Figure, b: Figure): string {
  const by = valueOf(b) - valueOf(a);
  return Number.isFinite(by) ? signed(by, number(Math.abs(by))) : '';
}

/** How much of A's size the difference is, in percent; empty where A is zero or one of them is no finite number. */
export function relative(a: Figure, b: Figure): string {
  const by = (valueOf(b) - valueOf(a)) / Math.abs(valueOf(a));
  if (!Number.isFinite(by)) return '';
  const percent = Math.abs(by) * 100;
  return signed(by, percent >= 1e6 ? '> 10⁶ %' : `${percent.toLocaleString('en', { maximumSignificantDigits: 3 })} %`);
}

function signed(by: number, size: string): string {
  return by === 0 ? '0' : (by > 0 ? '+' : '−') + size;
}
