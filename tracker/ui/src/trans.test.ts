import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { N_, placed, speak, trans, wordFor } from './trans';

test('values stand where a text has a place for them', () => {
  equal(trans.__('%2 of %1, 100 %', 'b', 1), '1 of b, 100 %');
  equal(trans._n('one run', '%1 runs of %2', 1, 'x'), 'one run');
  equal(trans._n('one run', '%1 runs of %2', 3, 'x'), '3 runs of x');
});

test('elements stand where a text has a place for them, in whatever order', () => {
  deepEqual(placed('%2 before %1!', 'a', 'b'), ['', 'b', ' before ', 'a', '!']);
});

test('texts follow the language that is chosen', () => {
  const table = [N_('runs')];
  speak({ __: text => `¿${text}`, _n: one => `¿${one}` });
  deepEqual([...table.map(text => trans.__(text)), trans._n('a', 'b', 2)], ['¿runs', '¿a']);
  deepEqual([wordFor({ run: N_('a run') }, 'run'), wordFor({}, 'of a newer server'), wordFor({}, 'constructor')], ['¿a run', 'of a newer server', 'constructor']);
});
