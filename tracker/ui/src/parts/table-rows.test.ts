import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { PagedRows, type AskRows } from './table-rows';

/** A server of the numbers from 0: cursors are texts of where pages begin. */
function server(numbers: number[]) {
  const asked: { after: string; limit: number; hollow: boolean }[] = [];
  const ask: AskRows<number> = ({ after, limit, hollow, total }) => {
    asked.push({ after, limit, hollow });
    const from = Number(after || 0);
    const items = numbers.slice(from, from + limit);
    return Promise.resolve({ items, ...(from + limit < numbers.length ? { next: String(from + limit) } : {}), ...(total ? { total: numbers.length } : {}) });
  };
  return { ask, asked };
}

/** Waits for all that is asked for without a clock. */
async function settled(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve();
}

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const table = (ask: AskRows<number>) => new PagedRows<number>(ask, String, () => undefined);

test('the first page is read, and how many there are', async () => {
  const { ask, asked } = server(numbers(5000));
  const rows = table(ask);
  rows.want(0, 20);
  await settled();
  equal(rows.count, 5000);
  equal(rows.at(50), 50);
  equal(rows.at(4000), undefined);
  deepEqual(asked, [{ after: '', limit: 100, hollow: false }]);
});

test('rows far down are reached through pages of which only the cursor is kept', async () => {
  const { ask, asked } = server(numbers(5000));
  const rows = table(ask);
  rows.want(0, 20);
  await settled();
  rows.want(4500, 4520);
  await settled();
  equal(rows.at(4510), 4510);
  ok(asked.filter(page => page.hollow).length >= 3, JSON.stringify(asked));
  equal(rows.at(2000), undefined);
  rows.want(2000, 2010);
  await settled();
  equal(rows.at(2005), 2005);
});

test('rows that came above do not move what is read', async () => {
  const all = numbers(50);
  const { ask } = server(all);
  const rows = table(ask);
  rows.want(0, 20);
  await settled();
  all.unshift(-3, -2, -1);
  equal(await rows.refresh(10), 3);
  equal(rows.at(13), 10);
  equal(rows.count, 53);
});

test('a failure is told, and tried again', async () => {
  let fails = true;
  const { ask } = server(numbers(10));
  const rows = table((page, signal) => (fails ? Promise.reject(new Error('away')) : ask(page, signal)));
  rows.want(0, 5);
  await settled();
  equal(rows.error?.message, 'away');
  fails = false;
  rows.again();
  await settled();
  equal(rows.error, undefined);
  equal(rows.at(9), 9);
});

test('not more rows are kept than a browser holds well', async () => {
  const { ask } = server(numbers(60_000));
  const rows = table(ask);
  for (let at = 0; at < 60_000; at += 150) {
    rows.want(at, at + 150);
    await settled();
  }
  const held = [...rows.loaded()].length;
  ok(held <= 30_000 && held > 20_000, `${held} rows are held`);
  equal(rows.at(59_999), 59_999);
  equal(rows.at(0), undefined);
});
