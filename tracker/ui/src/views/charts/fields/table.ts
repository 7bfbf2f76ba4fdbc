// Fields of runs as columns: numbers, and texts as places in a list of categories.
import { trans } from '../../../trans';
import { numberOf, type Column, type Row } from '../runs';

export interface Field {
  /** As filters write it: params.lr. */
  name: string;
  label: string;
  /** Values, NaN where a run has none; of texts the place in `categories`. */
  values: Float64Array;
  categories?: string[];
  min: number;
  max: number;
  /** Whether the values span decades, so that a logarithmic axis tells them apart. */
  log: boolean;
  /** How many runs have it. */
  runs: number;
}

/** Axes of texts with more values than this say nothing; the rest are one value. */
const mostCategories = 40;

function raw(row: Row, c: Column): string | number | undefined {
  if (c.space === 'params') return row.params?.[c.key];
  if (c.space === 'metrics') return row.metrics?.[c.key];
  if (c.space === 'tags') return row.tags?.[c.key];
  if (c.name === 'duration') return row.ended && row.started ? (Date.parse(row.ended) - Date.parse(row.started)) / 1000 : undefined;
  const known: Record<string, string | undefined> = { status: row.status, experiment: row.experiment, user_id: row.user, run_name: row.name, source: row.source };
  return known[c.name];
}

/** A field of runs. It is one of numbers when all its values are. */
export function fieldOf(rows: Row[], c: Column): Field {
  const all = rows.map(row => raw(row, c));
  const numbers = Float64Array.from(all, v => (v === undefined || v === '' ? NaN : c.space === 'metrics' ? numberOf(v) : Number(v)));
  const texts = all.some((v, i) => v !== undefined && v !== '' && Number.isNaN(numbers[i]!) && !/^nan$/i.test(String(v)));
  const field: Field = { name: c.name, label: c.key, values: numbers, min: Infinity, max: -Infinity, log: false, runs: 0 };
  if (texts) Object.assign(field, categorised(all.map(v => (v === undefined ? '' : String(v)))));
  for (const v of field.values) {
    if (!Number.isFinite(v)) continue;
    field.runs++;
    field.min = Math.min(field.min, v);
    field.max = Math.max(field.max, v);
  }
  field.log = !texts && spansDecades(field);
  return field;
}

/** Whether a logarithmic axis tells values apart that would lie together at one end of another: a rate does, a seed does not. */
function spansDecades({ values, min, max, runs }: Field): boolean {
  if (!(min > 0 && max / min >= 100)) return false;
  return values.filter(Number.isFinite).sort()[runs >> 1]! < max / 5;
}

function categorised(texts: string[]): Pick<Field, 'values' | 'categories'> {
  const counts = new Map<string, number>();
  for (const t of texts) if (t !== '') counts.set(t, (counts.get(t) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, mostCategories).map(([t]) => t).sort();
  const categories = counts.size > most.length ? [...most, trans.__('(others)')] : most;
  const place = new Map(most.map((t, i) => [t, i]));
  return { categories, values: Float64Array.from(texts, t => (t === '' ? NaN : place.get(t) ?? categories.length - 1)) };
}

/** Where a value lies on an axis, from 0 to 1. */
export function share(f: Field, value: number): number {
  if (f.categories) return f.categories.length === 1 ? 0.5 : value / (f.categories.length - 1);
  if (f.max === f.min) return 0.5;
  return f.log ? Math.log(value / f.min) / Math.log(f.max / f.min) : (value - f.min) / (f.max - f.min);
}

/** The value at a share of an axis. */
export function valueAt(f: Field, at: number): number {
  if (f.categories) return at * Math.max(1, f.categories.length - 1);
  return f.log ? f.min * Math.pow(f.max / f.min, at) : f.min + at * (f.max - f.min);
}

/** Fields to begin with: params that most runs have, and metrics. Those of the machine are left out. */
export function usual(columns: Column[], params: number, metrics: number): string[] {
  const of = (space: string, n: number): string[] =>
    columns.filter(c => c.space === space && !c.own).sort((a, b) => (b.runs ?? 0) - (a.runs ?? 0)).slice(0, n).map(c => c.name);
  return [...of('params', params), ...of('metrics', metrics)];
}

/** Places of an axis that are worth a figure: round numbers, powers of ten, categories. */
export function ticksOf(f: Field, most = 6): { at: number; value: number }[] {
  if (f.categories) return f.categories.slice(0, 24).map((_, i) => ({ at: share(f, i), value: i }));
  if (!(f.max > f.min)) return f.runs > 0 ? [{ at: 0.5, value: f.min }] : [];
  const values: number[] = [];
  if (f.log) {
    const low = Math.ceil(Math.log10(f.min) - 1e-9), high = Math.floor(Math.log10(f.max) + 1e-9), each = Math.max(1, Math.ceil((high - low) / most));
    for (let e = low; e <= high; e += each) values.push(Number(`1e${e}`));
  } else {
    const rough = (f.max - f.min) / most, power = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].map(k => k * power).find(k => k >= rough)!;
    for (let k = Math.ceil(f.min / step - 1e-9); k * step <= f.max * (1 + 1e-12) + 1e-300; k++) values.push(Number((k * step).toPrecision(12)));
  }
  return values.map(value => ({ at: share(f, value), value })).filter(t => t.at > -1e-9 && t.at < 1 + 1e-9);
}
