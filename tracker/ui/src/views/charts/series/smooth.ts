// Smoothing of curves.
import type { Curve, Points } from './curve';

/**
 * The exponential moving average of values, without the bias towards zero at its beginning, as TensorBoard draws it
 * (tensorboard/components/vz_line_chart2, "resmoothDataset"; the correction is that of Kingma and Ba, "Adam", 2015, section 3).
 * What is no number stays as it is and moves nothing. Where points were thinned out, each counts as those that it stands for:
 * `unit` is the mean distance of steps of the series' points, 0 when no point is missing.
 */
export function smoothed({ y, step }: Points, weight: number, unit = 0): Float64Array {
  const out = new Float64Array(y.length);
  let mean = 0, bias = 1, before = NaN;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    const points = unit > 0 && before < step[i]! ? Math.max(1, (step[i]! - before) / unit) : 1;
    const w = points === 1 ? weight : Math.pow(weight, points);
    mean = mean * w + (1 - w) * value;
    bias *= w;
    out[i] = mean / (1 - bias);
    before = step[i]!;
  }
  return out;
}

/** The mean distance of steps of a curve's points; 0 when all of them are here. */
export function unitOf(c: Curve): number {
  const n = c.step.length;
  return c.whole || n < 2 || c.total < 2 ? 0 : Math.abs(c.step[n - 1]! - c.step[0]!) / (c.total - 1);
}
