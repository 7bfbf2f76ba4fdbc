import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { firstOf, kindOf, vendorOf } from './media';
import type { OutputData } from './use';

test('types are shown by their kind', () => {
  for (const [type, kind] of [['image/png', 'image'], ['image/svg+xml', 'svg'], ['text/x-unknown', 'text'], ['application/vnd.plotly.v1+json', 'vendor'], ['video/mp4', 'film'], ['application/zip', 'file']] as const) equal(kindOf(type), kind);
  equal(vendorOf('application/vnd.plotly.v1+json'), 'a Plotly figure');
});

test('the richest that can be shown comes first', () => {
  const of = (...types: string[]): string | undefined => firstOf(types.map(type => ({ type, size: 1, url: '', truncated: false }) as unknown as OutputData))?.type;
  equal(of('text/plain', 'image/png'), 'image/png');
  equal(of('application/vnd.plotly.v1+json', 'text/plain'), 'text/plain');
  equal(of('application/javascript', 'text/plain'), 'application/javascript');
  equal(of('application/zip'), 'application/zip');
  equal(of(), undefined);
});
