import { deepEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { importance } from './forest';
import { dice, ranks, shuffled, spearman } from './stats';

test('equal values have the mean of their ranks', () => {
  deepEqual([...ranks([10, 30, 10, 20])], [1.5, 4, 1.5, 3]);
});

test('what grows together correlates', () => {
  ok(spearman([1, 2, 3, 4], [1, 8, 27, 64]) === 1 && spearman([1, 2, 3], [3, 2, 1]) === -1);
  ok(Number.isNaN(spearman([1, 1, 1], [1, 2, 3])));
});

test('dice fall the same each time, evenly enough', () => {
  const roll = dice(7), again = dice(7);
  let sum = 0;
  for (let i = 0; i < 10_000; i++) {
    const value = roll();
    ok(value >= 0 && value < 1 && value === again());
    sum += value;
  }
  ok(Math.abs(sum / 10_000 - 0.5) < 0.02, String(sum));
  deepEqual([...shuffled(Int32Array.of(1, 2, 3, 4, 5), dice(3))].sort(), [1, 2, 3, 4, 5]);
});

test('the param that a metric comes of is the important one', async () => {
  const roll = dice(1), rows = 200;
  const x = [0, 1, 2].map(() => Float64Array.from({ length: rows }, roll));
  const y = Float64Array.from({ length: rows }, (_, i) => 3 * x[1]![i]! + 0.1 * roll());
  const { columns, explained } = await importance(x, y, () => Promise.resolve());
  ok(columns[1]! > 10 * columns[0]! && columns[1]! > 10 * columns[2]! && explained > 0.8, `${columns.join(' ')}, ${explained}`);
});
