import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { chosen } from './filter';
import type { Row, Rows } from './rows';
import { nameOf, notebookOf, type Notebook } from './sessions';

const row = (id: string, more: Partial<Row> = {}): Row => ({ id, name: id, count: 1, status: 'ok', out_of_order: false, edited: false, cell_id: id, ...more }) as Row;
const all: Row[] = [row('aa', { name: 'import os' }), row('bb', { status: 'error', error_name: 'ValueError', count: 2 }), row('cc', { out_of_order: true })];
const rows = { rows: all, newest: new Set(['cc']) } as unknown as Rows;
const ids = (text: string, only = ''): string[] => chosen(rows, { text, only }, { text: new Map([['cc', 'plot(model)']]), done: true }).map(r => r.id);

test('executions are found by their words, errors, counts and ids', () => {
  deepEqual(ids(''), ['aa', 'bb', 'cc']);
  deepEqual(ids('OS import'), ['aa']);
  deepEqual(ids('valueerror'), ['bb']);
  deepEqual(ids('[2]'), ['bb']);
  deepEqual(ids('model'), ['cc']);
  deepEqual(ids('b'), ['bb']);
});

test('executions are narrowed to what the reader chose', () => {
  deepEqual(ids('', 'problem'), ['bb']);
  deepEqual(ids('', 'out-of-order'), ['cc']);
  deepEqual(ids('', 'latest'), ['cc']);
  deepEqual(ids('', 'unknown'), ['aa', 'bb', 'cc']);
});

test('a notebook is found by the end of its path', () => {
  const notebooks = [{ notebook: '/home/ada/work/a.ipynb' }, { notebook: 'b.ipynb' }] as Notebook[];
  equal(notebookOf(notebooks, 'work/a.ipynb'), notebooks[0]);
  equal(notebookOf(notebooks, '/srv/b.ipynb'), notebooks[1]);
  equal(notebookOf(notebooks, 'rk/a.ipynb'), undefined);
  equal(nameOf({ notebook: '', name: 'x' }), 'Programs');
});
