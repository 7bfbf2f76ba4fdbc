// What hands do to a chart: drag to choose a part, drag with Shift to move, wheel and keys to move and zoom, double click for all of it.
import type { Span } from './axes';

/** What is done to a chart. */
export interface Handled {
  /** The shown part and the whole of the x axis. */
  shown(): Span;
  whole(): Span;
  log: boolean;
  /** The x at a place from the left of the plotting area, in CSS pixels. */
  valueAt(left: number): number;
  look(window: [number, number] | null): void;
  point(x: number | null): void;
  /** The x of the point before or behind the cursor. */
  step(by: number): number | null;
  select(from: number, to: number): void;
  table(): void;
}

const to = (v: number, log: boolean): number => (log ? Math.log(v) : v);
const from = (v: number, log: boolean): number => (log ? Math.exp(v) : v);

/** A part of an axis, larger or smaller around a value, and moved by a share of itself; within the whole. Null is the whole. */
export function moved(span: Span, whole: Span, log: boolean, around: number, factor: number, by: number): [number, number] | null {
  const [min, max, low, high, at] = [span.min, span.max, whole.min, whole.max, around].map(v => to(v, log)) as [number, number, number, number, number];
  const shift = by * (max - min);
  let a = at - (at - min) * factor + shift, b = at + (max - at) * factor + shift;
  if (b - a >= high - low) return null;
  if (a < low) [a, b] = [low, b + low - a];
  if (b > high) [a, b] = [a - (b - high), high];
  if (b - a < 1e-12 * Math.max(1, Math.abs(a), Math.abs(b))) return [span.min, span.max];
  return [from(Math.max(a, low), log), from(b, log)];
}

/** Listens to pointers over a plotting area and to keys at the chart. Returns how to stop. */
export function hands(area: HTMLElement, chart: HTMLElement, h: Handled): () => void {
  const ending = new AbortController(), listening = { signal: ending.signal };
  let began: { x: number; pan: boolean; shown: Span } | null = null;
  const leftOf = (e: MouseEvent): number => e.clientX - area.getBoundingClientRect().left;
  const inside = (left: number): number => Math.min(area.clientWidth, Math.max(0, left));
  const center = (): number => from((to(h.shown().min, h.log) + to(h.shown().max, h.log)) / 2, h.log);
  const zoom = (around: number, factor: number, by = 0): void => h.look(moved(h.shown(), h.whole(), h.log, around, factor, by));

  area.addEventListener('pointerdown', e => {
    if (e.button > 1) return;
    began = { x: leftOf(e), pan: e.shiftKey || e.button === 1 || e.pointerType === 'touch', shown: h.shown() };
    area.setPointerCapture(e.pointerId);
    chart.focus({ preventScroll: true });
    if (e.button === 1) e.preventDefault();
  }, listening);
  area.addEventListener('pointermove', e => {
    const left = inside(leftOf(e));
    if (began === null) return h.point(h.valueAt(left));
    if (began.pan) h.look(moved(began.shown, h.whole(), h.log, began.shown.min, 1, (began.x - leftOf(e)) / area.clientWidth));
    else h.select(Math.min(began.x, left), Math.max(began.x, left));
  }, listening);
  area.addEventListener('pointerup', e => {
    const start = began, left = inside(leftOf(e));
    began = null;
    h.select(0, 0);
    if (start === null || start.pan || Math.abs(left - start.x) < 5) return;
    h.look([h.valueAt(Math.min(start.x, left)), h.valueAt(Math.max(start.x, left))]);
  }, listening);
  area.addEventListener('pointercancel', () => ((began = null), h.select(0, 0)), listening);
  area.addEventListener('pointerleave', () => began === null && h.point(null), listening);
  area.addEventListener('dblclick', () => h.look(null), listening);
  area.addEventListener('wheel', e => {
    if (!e.ctrlKey && !e.metaKey && document.activeElement !== chart) return; // the page scrolls
    e.preventDefault();
    const sideways = e.shiftKey ? e.deltaY : e.deltaX;
    if (Math.abs(sideways) > Math.abs(e.shiftKey ? 0 : e.deltaY)) zoom(center(), 1, sideways / 600);
    else zoom(h.valueAt(inside(leftOf(e))), Math.exp(Math.max(-60, Math.min(60, e.deltaY)) * 0.004));
  }, { ...listening, passive: false });
  chart.addEventListener('keydown', e => {
    const wide = e.shiftKey ? 10 : 1;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => (e.altKey ? zoom(center(), 1, -0.1) : h.point(h.step(-wide))),
      ArrowRight: () => (e.altKey ? zoom(center(), 1, 0.1) : h.point(h.step(wide))),
      '+': () => zoom(center(), 0.7), '=': () => zoom(center(), 0.7), '-': () => zoom(center(), 1 / 0.7),
      '0': () => h.look(null), Escape: () => (began ? ((began = null), h.select(0, 0)) : h.point(null)),
      t: h.table,
    };
    const act = e.ctrlKey || e.metaKey ? undefined : keys[e.key];
    if (act === undefined || e.target !== chart) return;
    e.preventDefault();
    act();
  }, listening);
  return () => ending.abort();
}
