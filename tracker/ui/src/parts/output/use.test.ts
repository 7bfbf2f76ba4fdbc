import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { arranged, type CellOutput } from './use';

const output = (n: number, type: string, more: Partial<CellOutput> = {}): CellOutput =>
  ({ n, type, shown: true, data: [{ type: 'text/plain', text: String(n), size: 1, truncated: false, url: `/${n}` }], ...more }) as unknown as CellOutput;

const said = (items: CellOutput[], cleared = false) => arranged(items, cleared).map(out => [out.n, (out.parts.length > 0 ? out.parts : (out.data ?? [])).map(part => part.text).join('')]);

test('texts of one stream are one, until another comes between', () => {
  const stream = (n: number, name: string) => output(n, 'stream', { stream: name });
  deepEqual(said([stream(0, 'stdout'), stream(1, 'stdout'), stream(2, 'stderr'), stream(3, 'stdout')]), [[0, '01'], [2, '2'], [3, '3']]);
});

test('what is behind a gap stands for itself', () => {
  deepEqual(said([output(0, 'stream', { stream: 'stdout' }), output(1, 'stream', { stream: 'stdout', behind_gap: true })]), [[0, '0'], [1, '1']]);
});

test('replaced outputs are shown as their updates have it, and cleared ones where the reader asks', () => {
  const items = [output(0, 'stream', { shown: false, stream: 'stdout' }), output(1, 'clear_output', { shown: false }), output(2, 'display_data', { updated: 3 }), output(3, 'update_display_data', { shown: false })];
  deepEqual(said(items), [[3, '3']]);
  deepEqual(said(items, true), [[0, '0'], [3, '3']]);
  deepEqual(said([output(2, 'display_data', { updated: 9 })]), [[2, '2']]); // the update is on a page that is not read yet
});
