import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { toldApart } from './names';

test('runs that share a name, and those without, are told apart by their ids', () => {
  const runs = [{ id: 'aaaaaaaa1', name: 'fit' }, { id: 'bbbbbbbb1', name: 'other' }, { id: 'cccccccc1', name: 'fit' }, { id: 'dddddddd1', name: '' }];
  deepEqual(toldApart(runs).map(r => r.name), ['fit aaaaaaaa', 'other', 'fit cccccccc', 'dddddddd']);
});
