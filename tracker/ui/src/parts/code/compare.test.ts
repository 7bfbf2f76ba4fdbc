import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { around, compareLines } from './compare';

const signs = (a: string, b: string): string => compareLines(a.split(' '), b.split(' ')).map(line => line.sign).join('');

test('lines are compared, whatever they hold', () => {
  equal(signs('a b c', 'a b c'), '   ');
  equal(signs('a b c', 'a x c'), ' -+ ');
  equal(signs('a b', 'a b c d'), '  ++');
  equal(signs('a b c d', 'd'), '--- ');
  equal(signs('🐧 é a', '🐧 e a'), ' -+ ');
});

test('more lines than characters there are are not compared, and all of them are shown', () => {
  const all = compareLines(Array<string>(40_000).fill('a'), Array<string>(40_000).fill('a'));
  equal(all.length, 80_000);
  deepEqual([all[0], all[79_999]], [{ sign: '-', a: 0 }, { sign: '+', b: 39_999 }]);
});

test('each of 50,000 different lines stands for itself', () => {
  const lines = Array.from({ length: 25_000 }, (_, i) => `line ${i}`);
  const other = lines.map((line, i) => (i === 20_000 ? 'other' : line));
  deepEqual(compareLines(lines, other).filter(line => line.sign !== ' '), [{ sign: '-', a: 20_000 }, { sign: '+', b: 20_000 }]);
});

test('equal lines far from those that differ are left out', () => {
  const lines = Array.from({ length: 20 }, (_, i) => String(i));
  const shown = around(compareLines(lines, lines.map(line => (line === '10' ? 'x' : line))));
  deepEqual(shown.map(line => (typeof line === 'number' ? line : line.sign)), [7, ' ', ' ', ' ', '-', '+', ' ', ' ', ' ', 6]);
  deepEqual(around(compareLines(lines, lines)), [20]);
});
