// Curves of fewer points, for pictures that have to be drawn quickly.

/** Values over x. */
export interface Thin {
  x: Float64Array;
  y: Float64Array;
}

const made = new WeakMap<Float64Array, { x: Float64Array; levels: Map<number, Thin> }>();

/**
 * The least and the greatest of each so many points behind each other, in their order; all of those among which one is no number, so that
 * a curve breaks off where it did. The groups lie where they lie whatever is shown of a curve, so it does not flicker as it moves.
 */
export function thinned(x: Float64Array, y: Float64Array, group: number): Thin {
  if (group < 3) return { x, y };
  let known = made.get(y);
  if (known?.x !== x) made.set(y, (known = { x, levels: new Map() }));
  let thin = known.levels.get(group);
  if (thin === undefined) known.levels.set(group, (thin = extremes(x, y, group)));
  return thin;
}

function extremes(x: Float64Array, y: Float64Array, group: number): Thin {
  const places: number[] = [];
  for (let from = 0; from < y.length; from += group) {
    const to = Math.min(y.length, from + group);
    let low = from, high = from, numbers = true;
    for (let i = from; i < to; i++) {
      if (y[i]! < y[low]!) low = i;
      if (y[i]! > y[high]!) high = i;
      numbers &&= Number.isFinite(y[i]!);
    }
    if (!numbers) for (let i = from; i < to; i++) places.push(i);
    else if (low === high) places.push(low);
    else places.push(Math.min(low, high), Math.max(low, high));
  }
  return { x: Float64Array.from(places, i => x[i]!), y: Float64Array.from(places, i => y[i]!) };
}
