import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fits } from './find';

test('a key fits when it has all of the words in it', () => {
  for (const [name, find, want] of [
    ['params.lr', 'LR', true], ['metrics.val_loss', 'metrics loss', true], ['metrics.val_loss', 'loss val', true], ['params.loss', 'metrics loss', false],
    ['params.lr', '', true], ['params.lr', '  ', true], ['tags.Équipe', 'équipe', true],
  ] as const) equal(fits(name, find), want, `${name} and ${find}`);
});
