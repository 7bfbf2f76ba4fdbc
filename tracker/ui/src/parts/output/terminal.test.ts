import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { applied, pieces, plain } from './terminal';

const shown = (text: string): string => pieces(text).map(piece => plain(piece.text)).join('');

test('a progress bar is one line', () => {
  equal(shown('10%\r20%\r100%\ndone'), '100%\ndone');
  equal(shown('loading...\rok\r\n'), 'okading...\n');
  equal(shown('50%\r'), '50%');
  equal(shown('loading...\r\u001b[Kok'), 'ok');
  equal(shown('\u001b[32mloading...\u001b[0m\rok'), 'okading...');
  deepEqual(pieces('\u001b[32mloading...\u001b[0m\rok').at(-1), { text: 'ading...', look: { ink: 2 } });
  equal(shown('line\r\nnext'), 'line\nnext');
  equal(shown('abc\b\bX'), 'aX');
});

test('colours are read, and other control sequences left out', () => {
  deepEqual(pieces('\u001b[1;31mred\u001b[0m plain'), [{ text: 'red', look: { bold: true, ink: 1 } }, { text: ' plain', look: {} }]);
  deepEqual(applied({}, '38;5;300'), { ink: 255 });
  deepEqual(applied({}, '48;2;1;2;3'), { ground: [1, 2, 3] });
  deepEqual(applied({ bold: true, dim: true }, '22'), {});
  deepEqual(applied({ ink: 3 }, ''), {});
  equal(shown('a\u001b[2Kb\u001b]0;title\u0007c\u001b[3'), 'abc');
});

test('a text of a million overwritten pieces takes no minutes', () => {
  equal(shown('x'.repeat(500_000) + '\rA'.repeat(500_000)), 'A' + 'x'.repeat(499_999));
  equal(shown('x'.repeat(300_000) + '\b'.repeat(300_000)), '');
});
