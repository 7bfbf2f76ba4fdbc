import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { markOf, outOfOrder, type Present, type Recorded } from './marks';

const cell = (more: Partial<Recorded> = {}): Recorded =>
  ({ execution: 'e', status: 'ok', current: true, source_digest: 'd', redactions: 0, wall_ns: 1e9, build_ns: 0, run_ns: 1e9, started: '2026-01-01T00:00:00Z', session: 's', sequence: 1, ...more }) as Recorded;
const present: Present = { source: 'x', ran: true, outOfOrder: false };
const kind = (c: Recorded | undefined, p: Partial<Present> = {}, recorded = 'x'): string | undefined => markOf(c, { ...present, ...p }, () => recorded)?.kind;

test('a mark says what matters most', () => {
  equal(kind(undefined, { ran: false }), undefined);
  equal(kind(undefined), 'unrecorded');
  equal(kind(cell()), 'recorded');
  equal(kind(cell({ status: 'running' }), { source: 'y' }), 'running');
  equal(kind(cell(), { source: 'y' }), 'edited');
  equal(kind(cell({ redactions: 1 }), { source: 'y' }), 'recorded');
  equal(kind(cell({ current: false }), { outOfOrder: true }), 'earlier');
  equal(kind(cell(), { outOfOrder: true }), 'order');
  equal(kind(cell({ gaps: [{ reason: 'r' }] } as Partial<Recorded>)), 'gap');
  const again = (verdict: string) => cell({ again: { verdict, of: 'o', session: 's', count: 1, started: '' } } as unknown as Partial<Recorded>);
  equal(kind(again('equal')), 'equal');
  equal(kind(again('of a newer gemba')), 'recorded');
  deepEqual(markOf(again('differs'), present, () => 'x')?.compare, { view: 'compare', params: { a: 'o', b: 'e' } });
});

test('cells that ran after one below them are out of order', () => {
  const at = (sequence: number, current = true) => cell({ sequence, current });
  deepEqual(outOfOrder([at(1), at(2), at(3)]), [false, false, false]);
  deepEqual(outOfOrder([at(3), undefined, at(2), at(1, false)]), [true, false, false, false]);
});
