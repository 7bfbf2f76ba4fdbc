import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Place } from '../host';
import { hashOf, placeOf } from './hash';

test('an address gives back the place that it was made of', () => {
  const places: Place[] = [
    { view: 'runs', params: { filter: "metrics.loss < 0.5 AND name = 'a&b=c #?%🐧'" } },
    { view: 'compare', params: { run: ['a', 'b', 'c'] } },
    { view: 'home', params: {} },
  ];
  for (const place of places) deepEqual(placeOf(hashOf(place)), place);
  equal(hashOf({ view: 'runs', params: { filter: '', run: ['', 'x'] } }), '#/runs?run=x');
});

test('what somebody typed is a place, too', () => {
  deepEqual(placeOf(''), { view: 'home', params: {} });
  deepEqual(placeOf('#runs'), { view: 'runs', params: {} });
  deepEqual(placeOf('#/runs?filter=a?b'), { view: 'runs', params: { filter: 'a?b' } });
  deepEqual(placeOf('#/100%'), { view: '100%', params: {} });
});
