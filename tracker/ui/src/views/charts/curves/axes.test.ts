import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { logTicks, seconds, spanOfX, spanOfY, tick, widened } from './axes';

const drawn = (x: number[], y: number[]) => {
  const points = { x: Float64Array.from(x), y: Float64Array.from(y), step: Float64Array.from(x) };
  return { points, shown: points.y };
};

test('spans hold what has a place, with air', () => {
  deepEqual(spanOfX([drawn([0, 5, 9], [0, 0, 0]), drawn([], [])], false), { min: 0, max: 9 });
  deepEqual(spanOfX([drawn([0, 5, 9], [0, 0, 0])], true), { min: 5, max: 9 });
  deepEqual(spanOfY([drawn([0, 1, 2], [NaN, 10, 20])], { min: 0, max: 2 }, false), { min: 9.5, max: 20.5 });
  deepEqual(widened({ min: Infinity, max: -Infinity }, false, 0), { min: 0, max: 1 });
  deepEqual(widened({ min: 3, max: 3 }, false, 0), { min: 2.7, max: 3.3 });
  deepEqual(widened({ min: 0, max: 0 }, false, 0), { min: -0.5, max: 0.5 });
});

test('logarithmic ticks are round and not too many', () => {
  deepEqual(logTicks(1, 1000, 10), [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
  deepEqual(logTicks(0.001, 1000, 4), [0.001, 0.1, 10, 1000]);
  deepEqual(logTicks(10, 10, 5), []);
  for (const [low, high] of [[1e-300, 1e300], [3, 4], [1, 1.0000001]] as const) ok(logTicks(low, high, 8).length <= 50);
});

test('ticks are short', () => {
  for (const [value, text] of [[0, '0'], [20000, '20k'], [1500, '1500'], [0.05, '0.05'], [1e-6, '1e−6'], [-0.00025, '−2.5e−4'], [2e6, '2M'], [1e18, '1e18']] as const) equal(tick(value), text);
  for (const [value, text] of [[45, '45 s'], [180, '3 min'], [7800, '2 h 10 min'], [-45, '−45 s'], [7199, '120 min'], [10799, '3 h']] as const) equal(seconds(value), text);
});
