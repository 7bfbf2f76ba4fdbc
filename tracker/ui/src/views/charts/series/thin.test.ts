import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { thinned } from './thin';

const odd = [NaN, Infinity, -Infinity];

/** Values that jump about, some of them no numbers. */
function curve(n: number, withOdd: boolean) {
  const x = Float64Array.from({ length: n }, (_, i) => i * 3);
  return { x, y: x.map((_, i) => (withOdd && i % 10 === 3 ? odd[i % 3]! : (Math.sin(i * 12.9898) * 43758.5453) % 1)) };
}

test('each group keeps its least and its greatest point', () => {
  for (const n of [0, 1, 2, 3, 7, 8, 1000, 4097]) {
    for (const group of [4, 8, 64]) {
      const { x, y } = curve(n, false), thin = thinned(x, y, group);
      for (let from = 0; from < n; from += group) {
        const all = y.slice(from, from + group), kept = thin.y.filter((_, i) => Math.floor(thin.x[i]! / 3 / group) === from / group);
        ok(kept.length <= 2, `${kept.length} of ${group} are kept`);
        deepEqual([Math.min(...kept), Math.max(...kept)], [Math.min(...all), Math.max(...all)]);
      }
    }
  }
});

test('all points are the curve’s own, in their order, and none is lost where one is no number', () => {
  const { x, y } = curve(1000, true), thin = thinned(x, y, 8);
  thin.x.forEach((at, i) => ok(Object.is(thin.y[i], y[at / 3]) && (i === 0 || at > thin.x[i - 1]!), `point ${i}`));
  equal(thin.y.filter(v => !Number.isFinite(v)).length, 100);
});

test('a curve is thinned out once, and again when its points are placed by something else', () => {
  const { x, y } = curve(100, false), thin = thinned(x, y, 8), other = x.map(v => v + 1);
  equal(thinned(x, y, 8), thin);
  equal(thinned(other, y, 8).x[0], thin.x[0]! + 1);
  equal(thinned(x, y, 1).y, y);
});
