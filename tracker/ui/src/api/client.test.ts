import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { Changes } from '../changes';
import { Client, Fault, pathOf, type LedgerChange, type Reply, type Transport } from './client';

test('parameters go into the path, or behind it', () => {
  equal(pathOf('/api/cells/{id}/outputs/{n}', { id: 'a/b', n: 0, type: 'text/html', after: '', limit: undefined, fields: ['a', 'b'] }), '/api/cells/a%2Fb/outputs/0?type=text%2Fhtml&fields=a&fields=b');
  equal(pathOf('/api/runs'), '/api/runs');
});

const answering = (reply: Reply): Client => new Client({ send: () => Promise.resolve(reply), listen: () => () => undefined });

test('faults are told in the words of the server', async () => {
  const fault = await answering({ status: 400, headers: {}, body: '{"error":{"code":"invalid","message":"no","hint":"try","at":3}}' }).get('/api/ledger').then(() => undefined, (error: Fault) => error);
  deepEqual([fault?.status, fault?.code, fault?.message, fault?.hint, fault?.at], [400, 'invalid', 'no', 'try', 3]);
  const proxy = await answering({ status: 502, headers: {}, body: '<h1>Bad gateway</h1>' }).get('/api/ledger').then(() => undefined, (error: Fault) => error);
  deepEqual([proxy?.status, proxy?.message], [502, '<h1>Bad gateway</h1>']);
});

test('faults of another copy of the client are known, and no other errors', () => {
  class Lost extends Fault {}
  const other = Object.assign(new Error('no'), { [Symbol.for('gemba: fault')]: true });
  ok(other instanceof Fault && !(other instanceof Lost));
  ok(new Lost(0, 'lost', 'no') instanceof Fault && new Lost(0, 'lost', 'no') instanceof Lost && !(new Fault(0, 'lost', 'no') instanceof Lost));
  for (const error of [new Error('no'), 'no', null, undefined]) ok(!((error as unknown) instanceof Fault));
});

test('one stream serves all that listen, and after a break everything is asked for again', () => {
  let open = 0;
  let heard: (changes: LedgerChange) => void = () => undefined;
  let state: (connected: boolean) => void = () => undefined;
  const transport: Transport = {
    send: () => Promise.reject(new Error('unused')),
    listen: (h, s) => {
      open++;
      [heard, state] = [h, s];
      return () => open--;
    },
  };
  const changes = new Changes(transport);
  const got: LedgerChange[] = [];
  const stops = [changes.listen(c => got.push(c)), changes.listen(() => undefined)];
  equal(open, 1);
  state(true);
  heard({ stand: '1', kinds: ['cell.started'] });
  state(false);
  state(true);
  deepEqual(got.map(c => c.all ?? false), [false, true]);
  for (const stop of stops) stop();
  equal(open, 0);
});
