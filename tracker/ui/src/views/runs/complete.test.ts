import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldProposals, jointProposals, meant, placeOfByte, plainName, relationProposals, standOf, type Expected } from './complete';
import type { Field } from './fields';

const field = (space: string, key: string, runs = 1): Field => ({ space, key, runs, type: 'text', name: `${space}.\`${key}\`` }) as unknown as Field;

test('where a filter ends says what can come next', () => {
  const cases: [string, Expected, string, string][] = [
    ['', 'field', '', ''], ['met', 'field', 'met', ''], ['metrics.loss ', 'relation', '', 'metrics.loss'], ['metrics.loss <', 'value', '', 'metrics.loss'],
    ['metrics.loss < 0', 'value', '0', 'metrics.loss'], ['metrics.loss < 0.5 ', 'joint', '', 'metrics.loss'], ['metrics.loss < 0.5 AN', 'joint', 'AN', 'metrics.loss'],
    ['metrics.loss < 0.5 AND ', 'field', '', 'metrics.loss'], ['(metrics.a = 1 OR ', 'field', '', 'metrics.a'], ["params.name = 'it''s ", 'value', "'it''s ", 'params.name'],
    ['params.`a b` LI', 'relation', 'LI', 'params.`a b`'], ['params.a IS NOT NULL ', 'joint', '', 'params.a'], ["params.a IN ('x', ", 'value', '', 'params.a'],
    ["params.a IN ('x') ", 'joint', '', 'params.a'], ['NOT ', 'field', '', ''],
  ];
  for (const [text, expected, word, of] of cases) {
    const { expected: e, word: w, field: f, from } = standOf(text);
    deepEqual([e, w, f], [expected, word, of], text);
    equal(text.slice(from), word, text);
  }
});

test('fields that begin with the word come first, those that most runs have before others', () => {
  const fields = [field('params', 'batch', 1), field('metrics', 'loss', 5), field('metrics', 'val_loss', 9), field('metrics', 'lossy', 7)];
  deepEqual(fieldProposals('loss', fields).map(p => p.text), ['metrics.lossy ', 'metrics.loss ', 'metrics.val_loss ']);
  deepEqual(fieldProposals('metrics.l', fields).map(p => p.text), ['metrics.lossy ', 'metrics.loss ']);
  deepEqual(fieldProposals('nothing', fields), []);
});

test('names are quoted only where they need it', () => {
  equal(plainName(field('params', 'lr')), 'params.lr');
  equal(plainName(field('params', 'a b')), 'params.`a b`');
  equal(plainName(field('attributes', 'start_time')), 'start_time');
});

test('relations and joints are proposed as they are typed', () => {
  deepEqual(relationProposals('i').map(p => p.text), ['ILIKE ', 'IN (', 'IS NULL ', 'IS NOT NULL ']);
  deepEqual(jointProposals('o').map(p => p.text), ['OR ']);
});

test('a name stands for a filter, a filter for itself', () => {
  equal(meant('quick'), "run_name ILIKE '%quick%'");
  for (const text of ['', 'metrics.loss < 1', 'params.lr', "name = 'x'", 'a and b', 'x is null']) equal(meant(text), text);
});

test('the places of faults are counted in characters', () => {
  equal(placeOfByte('é🐧x', 2), 1);
  equal(placeOfByte('é🐧x', 6), 3); // an emoji is two characters of JavaScript
});
