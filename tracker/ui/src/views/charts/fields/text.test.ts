import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { correlation, fitting } from './text';

test('a long text is cut between its ends, a short one is not', () => {
  const width = (text: string): number => 10 * text.length;
  equal(fitting('layers', 60, width), 'layers');
  equal(fitting('encoder.initialisation', 110, width), 'encod…ation');
  for (let room = 20; room < 230; room += 7) ok(width(fitting('encoder.initialisation', room, width)) <= Math.max(room, 20), `${room}`);
  equal(fitting('ab', 1, width), 'a…');
});

test('a correlation has its sign, unless it is none', () => {
  for (const [rho, text] of [[0.144, '+0.14'], [-0.5, '−0.50'], [-0.001, '0'], [0, '0'], [1, '+1.00']] as const) equal(correlation(rho), text);
});
