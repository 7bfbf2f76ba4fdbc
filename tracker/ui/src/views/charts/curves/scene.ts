// What a panel draws, of the curves that are there and what the reader chose.
import type { Group } from '../series/store';
import type { Settings } from '../settings';
import type { Palette } from '../theme';
import { lookOf } from '../look';
import { spanOfX, spanOfY, type Span } from './axes';
import type { Line } from './line';
import type { Scene } from './plot';

/** A run that is drawn, and its place in the list, which decides how it looks. */
export interface Shown {
  id: string;
  name: string;
  place: number;
}

export function linesOf(group: Group, runs: Shown[], s: Settings): Line[] {
  return runs.flatMap(({ id, name, place }) => {
    const d = group.drawn(id, s.by, s.smooth);
    return d === null ? [] : [{ run: id, name, place, look: lookOf(place), points: d.points, shown: d.shown, odd: d.odd }];
  });
}

/** The whole of the x axis of some curves. */
export function wholeOf(lines: Line[], s: Settings): Span {
  return spanOfX(lines.map(l => ({ points: l.points })), s.logX);
}

/** The part of the x axis that is shown, as the axis can show it. */
export function shownOf(lines: Line[], window: [number, number] | null, s: Settings): Span {
  const whole = wholeOf(lines, s);
  if (window === null) return whole;
  return { min: s.logX ? Math.max(window[0], whole.min) : window[0], max: window[1] };
}

/** `y` is that of the last picture while the reader moves: an axis that jumps hides how the curve goes on. */
export function sceneOf(lines: Line[], window: [number, number] | null, s: Settings, palette: Palette, y?: Span): Scene {
  const x = shownOf(lines, window, s);
  return { lines, x, y: y ?? spanOfY(lines, x, s.logY), logX: s.logX, logY: s.logY, kind: s.by, palette };
}
