import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { moved, within, type At } from './table-keys';

const size = { rows: 100, cols: 5, page: 10 };

function pressed(key: string, at: At, held: Partial<KeyboardEvent> = {}): At | undefined {
  return moved({ altKey: false, shiftKey: false, ctrlKey: false, metaKey: false, ...held, key } as KeyboardEvent, at, size);
}

test('keys move within the table', () => {
  const from = { row: 5, col: 2 };
  const cases: [string, Partial<KeyboardEvent>, At | undefined][] = [
    ['ArrowUp', {}, { row: 4, col: 2 }], ['ArrowRight', {}, { row: 5, col: 3 }], ['PageDown', {}, { row: 15, col: 2 }], ['PageUp', {}, { row: 0, col: 2 }],
    ['Home', {}, { row: 5, col: 0 }], ['End', {}, { row: 5, col: 4 }], ['Home', { ctrlKey: true }, { row: 0, col: 0 }], ['End', { metaKey: true }, { row: 99, col: 4 }],
    ['ArrowUp', { altKey: true }, undefined], ['ArrowDown', { shiftKey: true }, undefined], ['ArrowDown', { ctrlKey: true }, undefined], ['x', {}, undefined],
  ];
  for (const [key, held, to] of cases) deepEqual(pressed(key, from, held), to, key);
});

test('nothing leads out of the table, whose titles are row -1', () => {
  deepEqual(pressed('ArrowUp', { row: 0, col: 0 }), { row: -1, col: 0 });
  deepEqual(pressed('ArrowUp', { row: -1, col: 0 }), { row: -1, col: 0 });
  deepEqual(pressed('ArrowDown', { row: 99, col: 0 }), { row: 99, col: 0 });
  deepEqual(pressed('PageDown', { row: 95, col: 4 }), { row: 99, col: 4 });
  deepEqual(pressed('ArrowLeft', { row: 3, col: 0 }), { row: 3, col: 0 });
});

test('the active cell stays in a table that became smaller', () => {
  const cases: [At, At][] = [[{ row: 99, col: 4 }, { row: 2, col: 1 }], [{ row: 1, col: 0 }, { row: 1, col: 0 }], [{ row: -1, col: 4 }, { row: -1, col: 1 }]];
  for (const [at, to] of cases) deepEqual(within(at, { rows: 3, cols: 2 }), to);
  deepEqual(within({ row: 5, col: 1 }, { rows: 0, cols: 2 }), { row: -1, col: 1 });
});
