import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { placesOf } from './table-virtual';

test('what is near the window is there, and what always is, each once and in order', () => {
  deepEqual(placesOf({ startIndex: 10, endIndex: 12, overscan: 2, count: 100 }, [0, 11, 50, -1, 100]), [0, 8, 9, 10, 11, 12, 13, 14, 50]);
  deepEqual(placesOf({ startIndex: 0, endIndex: 1, overscan: 5, count: 2 }, [1]), [0, 1]);
  deepEqual(placesOf({ startIndex: 0, endIndex: 0, overscan: 8, count: 0 }, [-1, 0]), []);
});
