import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { lines } from './tokens';

const text = (source: string): string[] => lines(source, 'python').map(line => line.map(token => token.text).join(''));

test('sources are split into lines, and nothing is lost', () => {
  deepEqual(text('import os\r\nprint("é🐧")  # x\n'), ['import os', 'print("é🐧")  # x', '']);
  equal(lines('def f(): pass', 'python')[0]?.[0]?.kind, 'gm-tok-keyword');
});

test('characters that nobody sees are shown by their numbers', () => {
  const [line] = lines('a\u202eb\u0000', 'python');
  deepEqual(line?.filter(token => token.kind === 'gm-tok-hidden').map(token => token.text), ['U+202E', 'U+0000']);
});

test('long sources have no colours', () => {
  deepEqual(lines(`import os\n${'x = 1\n'.repeat(40_000)}`, 'python')[0], [{ text: 'import os', kind: '' }]);
});
