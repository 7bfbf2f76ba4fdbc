import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { groupFor, thinned } from './thin';

const odd = [NaN, Infinity, -Infinity], plain = { logX: false, logY: false }, logY = { logX: false, logY: true };

/** Values that jump about, some of them no numbers. */
function curve(n: number, withOdd: boolean) {
  const x = Float64Array.from({ length: n }, (_, i) => i * 3);
  return { x, y: x.map((_, i) => (withOdd && i % 10 === 3 ? odd[i % 3]! : (Math.sin(i * 12.9898) * 43758.5453) % 1)) };
}

test('each group keeps its least and its greatest point', () => {
  for (const n of [0, 1, 2, 3, 7, 8, 1000, 4097]) {
    for (const group of [4, 8, 64]) {
      const { x, y } = curve(n, false), thin = thinned(x, y, group, plain);
      for (let from = 0; from < n; from += group) {
        const all = y.slice(from, from + group), kept = thin.y.filter((_, i) => Math.floor(thin.x[i]! / 3 / group) === from / group);
        const ends = Number(from === 0) + Number(from + group >= n);
        ok(kept.length <= 2 + ends, `${kept.length} of ${group} are kept`);
        deepEqual([Math.min(...kept), Math.max(...kept)], [Math.min(...all), Math.max(...all)]);
      }
    }
  }
});

test('a curve begins and ends where it did', () => {
  const { x, y } = curve(1000, false);
  y[0] = y[999] = 0; // neither the least nor the greatest
  const thin = thinned(x, y, 64, plain);
  deepEqual([thin.x.at(0), thin.x.at(-1), thin.y.at(0), thin.y.at(-1)], [0, 2997, 0, 0]);
  ok(thin.x.every((at, i) => i === 0 || at > thin.x[i - 1]!), 'no point is there twice');
});

test('all points are the curve’s own, in their order, and none is lost where one is no number', () => {
  const { x, y } = curve(1000, true), thin = thinned(x, y, 8, plain);
  thin.x.forEach((at, i) => ok(Object.is(thin.y[i], y[at / 3]) && (i === 0 || at > thin.x[i - 1]!), `point ${i}`));
  equal(thin.y.filter(v => !Number.isFinite(v)).length, 100);
});

test('a group with a value that a logarithmic axis has no place for is kept', () => {
  const { x, y } = curve(1000, false);
  y.forEach((v, i) => (y[i] = Math.abs(v) + 1));
  y[500] = 0;
  const kept = (thin: { x: Float64Array }): number => thin.x.filter(at => at / 3 >= 496 && at / 3 < 504).length;
  equal(kept(thinned(x, y, 8, plain)), 2);
  equal(kept(thinned(x, y, 8, logY)), 8);
  equal(thinned(x, y, 8, logY).x[1], thinned(x, y, 8, plain).x[1], 'the others are thinned out');
  deepEqual([...thinned(x, y, 8, { logX: true, logY: false }).x.slice(0, 8)], [...x.slice(0, 8)], 'there is no place for 0 on the axis of x');
});

test('groups leave no more points than they may, and short curves whole', () => {
  equal(groupFor(60, 400), 1);
  equal(groupFor(10_000, Infinity), 1);
  for (const n of [401, 799, 10_000, 123_456]) {
    const { x, y } = curve(n, false), thin = thinned(x, y, groupFor(n, 400), plain);
    ok(thin.y.length <= 402 && thin.y.length > 150, `${thin.y.length} of ${n}`);
  }
});

test('a curve is thinned out once, and again when its points are placed by something else', () => {
  const { x, y } = curve(100, false), thin = thinned(x, y, 8, plain), other = x.map(v => v + 1);
  equal(thinned(x, y, 8, plain), thin);
  ok(thinned(x, y, 8, logY) !== thin);
  equal(thinned(other, y, 8, plain).x[0], thin.x[0]! + 1);
  equal(thinned(x, y, 1, plain).y, y);
});
