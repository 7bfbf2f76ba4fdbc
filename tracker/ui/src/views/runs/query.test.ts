import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Place } from '../../host';
import { both, nextOrder, paramsOf, queryOf, quoted } from './query';

test('an address gives back the query that it was made of', () => {
  const all: Place['params'][] = [{}, { filter: 'a = 1', experiment: 'birds', group: 'params.lr', run: 'x', stage: 'deleted', order: 'metrics.`a DESC b` DESC', columns: ['a', 'b'] }];
  for (const params of all) deepEqual(paramsOf(queryOf(params)), params);
  equal(queryOf({ stage: 'nonsense' }).stage, 'active');
  deepEqual(queryOf({ order: 'metrics.loss DESC' }).order, { column: 'metrics.loss', descending: true });
});

test('clicks at a column order one way, the other, and not', () => {
  const first = nextOrder(undefined, 'loss', false);
  const second = nextOrder(first, 'loss', false);
  deepEqual([first, second, nextOrder(second, 'loss', false)], [{ column: 'loss', descending: false }, { column: 'loss', descending: true }, undefined]);
  deepEqual(nextOrder(first, 'accuracy', true), { column: 'accuracy', descending: true });
});

test('filters are put together', () => {
  equal(quoted("it's"), "'it''s'");
  equal(both('a = 1', 'b = 2'), '(a = 1) AND b = 2');
  equal(both(' ', 'b = 2'), 'b = 2');
  equal(both('a = 1', ''), 'a = 1');
});
