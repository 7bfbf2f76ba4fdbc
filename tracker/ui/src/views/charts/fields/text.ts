import { number } from '../../../parts/format';
import type { Field } from './table';

/** A value of a field as a reader writes it. */
export function valueText(f: Field, value: number): string {
  if (Number.isNaN(value)) return '–';
  return f.categories ? f.categories[Math.round(value)] ?? '–' : number(value);
}
