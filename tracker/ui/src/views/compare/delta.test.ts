import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { absolute, relative } from './delta';
import { askedOf } from './sides';

test('differences have a sign, or are not told', () => {
  equal(absolute(1, 1.5), '+0.5');
  equal(absolute(1.5, 1), '−0.5');
  equal(absolute(2, 2), '0');
  equal(absolute('NaN', 1), '');
  equal(absolute('Infinity', 'Infinity'), '');
  equal(relative(2, 3), '+50 %');
  equal(relative(-2, -3), '−50 %');
  equal(relative(0, 1), '');
  equal(relative(1e-9, 1), '+> 10⁶ %');
});

test('two runs are a pair, three are many, one twice is nothing to compare', () => {
  deepEqual(askedOf({ run: ['a', 'b'] }), { kind: 'pair', a: 'a', b: 'b' });
  deepEqual(askedOf({ a: 'x', b: 'y' }), { kind: 'pair', a: 'x', b: 'y' });
  deepEqual(askedOf({ run: ['a', 'a', ''] }), { kind: 'nothing' });
  deepEqual(askedOf({ run: ['a', 'b', 'c'] }), { kind: 'runs', runs: ['a', 'b', 'c'] });
});
