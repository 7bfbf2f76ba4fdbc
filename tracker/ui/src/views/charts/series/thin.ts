// Curves of fewer points, for pictures that have to be drawn quickly.
import { placed } from '../curves/axes';

/** Values over x. */
export interface Thin {
  x: Float64Array;
  y: Float64Array;
}

/** Which axes are logarithmic. */
export interface Axes {
  logX: boolean;
  logY: boolean;
}

/** How large groups of so many points have to be for no more than `most` to be left of them; a power of two. */
export function groupFor(points: number, most: number): number {
  return points <= most ? 1 : 2 ** Math.ceil(Math.log2((2 * points) / most));
}

const made = new WeakMap<Float64Array, { x: Float64Array; levels: Map<string, Thin> }>();

/**
 * The least and the greatest of each so many points behind each other, in their order, and both ends; all of those among which one has no
 * place on the axes, so that a curve breaks off where it did. The groups lie where they lie whatever is shown of a curve, so it does not
 * flicker as it moves.
 */
export function thinned(x: Float64Array, y: Float64Array, group: number, { logX, logY }: Axes): Thin {
  if (group < 3) return { x, y };
  let known = made.get(y);
  if (known?.x !== x) made.set(y, (known = { x, levels: new Map() }));
  const level = `${group} ${logX} ${logY}`;
  let thin = known.levels.get(level);
  if (thin === undefined) known.levels.set(level, (thin = extremes(x, y, group, { logX, logY })));
  return thin;
}

function extremes(x: Float64Array, y: Float64Array, group: number, { logX, logY }: Axes): Thin {
  const places: number[] = [];
  const keep = (i: number): void => void (i === places[places.length - 1] || places.push(i));
  if (y.length > 0) keep(0);
  for (let from = 0; from < y.length; from += group) {
    const to = Math.min(y.length, from + group);
    let low = from, high = from, all = true;
    for (let i = from; i < to; i++) {
      if (y[i]! < y[low]!) low = i;
      if (y[i]! > y[high]!) high = i;
      all &&= placed(y[i]!, logY) && placed(x[i]!, logX);
    }
    if (!all) for (let i = from; i < to; i++) keep(i);
    else {
      keep(Math.min(low, high));
      keep(Math.max(low, high));
    }
  }
  if (y.length > 0) keep(y.length - 1);
  return { x: Float64Array.from(places, i => x[i]!), y: Float64Array.from(places, i => y[i]!) };
}
