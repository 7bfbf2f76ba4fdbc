// How figures and times are written. What is exact goes into a title.
import { trans } from '../trans';

// Made once: asking a number for its text in a language makes one of these each time, which takes longer than to draw it.
const six = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });
const three = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const two = '2-digit';
const moments = new Intl.DateTimeFormat('sv', { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two, hourCycle: 'h23' });

/** A number with at most six significant digits; NaN and infinities by name. */
export function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(3).replace('-', '−').replace('e+', 'e').replace('−e', '−e');
  return six.format(value).replace('-', '−');
}

const units = ['', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in decimal units. */
export function bytes(n: number): string {
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return unit === 0 ? trans._n('%2 byte', '%2 bytes', n, three.format(n)) : `${three.format(n)} ${units[unit]}`;
}

/** A duration given in nanoseconds. */
export function duration(ns: number): string {
  if (ns < 999.5e3) return `${Math.round(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${Math.round(ns / 1e6)} ms`;
  const s = ns / 1e9;
  if (s < 59.95) return `${s.toFixed(s < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(s);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(s / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long ago a moment was, or its date when that was over a week ago. */
export function ago(moment: string, now = Date.now()): string {
  const s = (now - Date.parse(moment)) / 1000;
  if (Number.isNaN(s)) return '';
  if (s < 45) return trans.__('just now');
  if (s < 59.5 * 60) return trans.__('%1 min ago', Math.max(1, Math.round(s / 60)));
  if (s < 23.5 * 3600) return trans.__('%1 h ago', Math.round(s / 3600));
  if (s < 7 * 86400) return trans.__('%1 d ago', Math.round(s / 86400));
  return moment.slice(0, 10);
}

/** A moment, to the second, where the reader is. */
export function exact(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? moment : secondsOf(date);
}

/** A date, to the second, where the reader is. */
export function secondsOf(date: Date): string {
  return moments.format(date);
}

/** The leading digits of an id or a digest. */
export function short(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 8);
}

/** A path without the folders before it, whichever system wrote it. */
export function baseName(path: string): string {
  return path.split(/[/\\]/).pop()!;
}
