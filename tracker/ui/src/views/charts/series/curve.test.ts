import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { composed, curveOf, lastStep, longer, nearest, placeOf, type Curve } from './curve';
import { smoothed, unitOf } from './smooth';

type Answer = Parameters<typeof curveOf>[0];
const curve = (x: number[], y: (number | string)[], points = x.length): Curve => curveOf({ run: 'r', points, x, y } as unknown as Answer);
const doubles = (...all: number[]): Float64Array => Float64Array.from(all);

test('points come in the order of x, those at one x as they were logged', () => {
  const c = curve([2, 1, 2, 0], [20, 10, 21, 'NaN']);
  deepEqual([...c.x], [0, 1, 2, 2]);
  deepEqual([...c.y], [NaN, 10, 20, 21]);
  ok(c.whole && c.step === c.x);
  ok(!curve([1], [1], 100).whole);
});

test('places are found by halving', () => {
  const x = doubles(1, 2, 2, 4);
  deepEqual([placeOf(x, 2), placeOf(x, 2, true), placeOf(x, 5), placeOf(x, 0)], [1, 3, 4, 0]);
  deepEqual([nearest(x, 3.5), nearest(x, 2.9), nearest(x, 9), nearest(x, -9), nearest(doubles(), 1)], [3, 2, 3, 0, -1]);
});

test('finer points take the place of the coarse ones between them', () => {
  const c = curve([0, 10, 20, 30], [0, 1, 2, 3], 100);
  const finer = curve([9, 10, 11, 20], [90, 91, 92, 93]);
  deepEqual([...composed({ ...c, detail: { points: finer, from: 9, to: 20, whole: true } }).x], [0, 9, 10, 11, 20, 30]);
  equal(composed(c), c);
});

test('points that were logged since fit on, or the series is read again', () => {
  const c = curve([0, 1, 2], [0, 1, 2]);
  deepEqual([...(longer(c, curve([2, 3, 4], [2, 3, 4], 5))?.y ?? [])], [0, 1, 2, 3, 4]);
  equal(longer(c, curve([2], [2], 3)), c);
  equal(longer(c, curve([2, 3], [2, 3], 9)), null); // some are missing between
  equal(longer(curve([0, 5], [0, 5]), curve([5, 5, 6], [5, 5, 6], 4))?.total, 4); // a step that was logged twice
  equal(lastStep(c), 2);
});

test('smoothing has no bias at the begin, and leaves what is no number alone', () => {
  const points = { x: doubles(0, 1, 2), y: doubles(4, 4, 4), step: doubles(0, 1, 2) };
  deepEqual([...smoothed(points, 0.9)].map(v => Number(v.toFixed(9))), [4, 4, 4]);
  deepEqual([...smoothed({ ...points, y: doubles(1, NaN, 3) }, 0.5)], [1, NaN, (1 * 0.25 + 3 * 0.5) / 0.75]);
  deepEqual([...smoothed(points, 0)], [4, 4, 4]);
});

test('a thinned curve is smoothed as if all of its points were there', () => {
  const n = 1000, x = Array.from({ length: n }, (_, i) => i), y = x.map(i => Math.sin(i / 100));
  const whole = smoothed(curve(x, y), 0.9), every = 10;
  const thin = curve(x.filter(i => i % every === 0), y.filter((_, i) => i % every === 0), n);
  const out = smoothed(thin, 0.9, unitOf(thin));
  ok(Math.abs(out[90]! - whole[900]!) < 0.1, `${out[90]} against ${whole[900]}`);
  equal(unitOf(curve(x, y)), 0);
});
