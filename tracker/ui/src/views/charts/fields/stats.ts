// How much params have to do with a metric.

/** Ranks of values, from 1; equal ones have the mean of theirs. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const out = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j + 1 < order.length && values[order[j + 1]!] === values[order[i]!]) j++;
    for (let k = i; k <= j; k++) out[order[k]!] = (i + j) / 2 + 1;
    i = j + 1;
  }
  return out;
}

/** Spearman's rank correlation ("The proof and measurement of association between two things", 1904); NaN where one does not vary. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const x = ranks(a), y = ranks(b), mean = (x.length + 1) / 2;
  let xy = 0, xx = 0, yy = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean);
    xx += (x[i]! - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xx === 0 || yy === 0 ? NaN : xy / Math.sqrt(xx * yy);
}

/** Numbers that look like chance and are always the same: Marsaglia's xorshift ("Xorshift RNGs", 2003). From 0 to below 1. */
export function dice(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Numbers in another order, the same for the same dice. */
export function shuffled<A extends Int32Array | Float64Array>(values: A, roll: () => number): A {
  const out = values.slice() as A;
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(roll() * (i + 1)), kept = out[i]!;
    out[i] = out[j]!;
    out[j] = kept;
  }
  return out;
}
