// How figures and times are written. What is exact goes into a title.

/** A number with at most six significant digits; NaN and infinities by name. */
export function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(3).replace('-', '−').replace('e+', 'e').replace('−e', '−e');
  return value.toLocaleString('en', { maximumSignificantDigits: 6 }).replace('-', '−');
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in decimal units. */
export function bytes(n: number): string {
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${n.toLocaleString('en', { maximumSignificantDigits: 3 })} ${units[unit]}`;
}

/** A duration given in nanoseconds. */
export function duration(ns: number): string {
  const ms = ns / 1e6;
  if (ms < 1) return `${Math.round(ns / 1e3)} µs`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = ms / 1000;
  if (s < 60) return `${s.toFixed(s < 10 ? 2 : 1)} s`;
  const minutes = Math.floor(s / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(s % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long ago a moment was, or its date when that was over a week ago. */
export function ago(moment: string, now = Date.now()): string {
  const s = (now - Date.parse(moment)) / 1000;
  if (Number.isNaN(s)) return '';
  if (s < 45) return 'just now';
  if (s < 3600) return `${Math.max(1, Math.round(s / 60))} min ago`;
  if (s < 86400) return `${Math.round(s / 3600)} h ago`;
  if (s < 7 * 86400) return `${Math.round(s / 86400)} d ago`;
  return moment.slice(0, 10);
}

/** A moment, to the second, where the reader is. */
export function exact(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? moment : date.toLocaleString('sv', { hour12: false }).slice(0, 19);
}

/** The leading digits of an id or a digest. */
export function short(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 8);
}

/** A path without the folders before it, whichever system wrote it. */
export function baseName(path: string): string {
  return path.split(/[/\\]/).pop()!;
}
