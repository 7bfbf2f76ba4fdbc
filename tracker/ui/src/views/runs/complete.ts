// What can stand next in a filter. The server's parser decides what is right; this only reads far enough to help.
import { N_, trans } from '../../trans';
import type { Field } from './fields';

export type Expected = 'field' | 'relation' | 'value' | 'joint';

export interface Stand {
  expected: Expected;
  /** The word that is being written, and where it begins. */
  word: string;
  from: number;
  /** The field before the value that is being written. */
  field: string;
}

const token = /\s+|(?:\w+\.)?`(?:[^`]|``)*`?|(?:\w+\.)?"(?:[^"]|"")*"?|'(?:[^']|'')*'?|!=|<=|>=|=~|!~|<>|[=<>(),]|[^\s`"'=<>!(),]+|./gsu;
const relations = ['=', '!=', '<', '<=', '>', '>=', 'LIKE', 'ILIKE', 'IN (', 'IS NULL', 'IS NOT NULL', 'NOT LIKE', '=~', '!~'];
const sign = /^(!=|<=|>=|=~|!~|<>|=|<|>|like|ilike)$/i;

/** How a text stands where it ends. */
export function standOf(text: string): Stand {
  let expected: Expected = 'field';
  let field = '';
  let list = false;
  let last: { expected: Expected; word: string; from: number; field: string } | undefined;
  for (const { 0: word, index: from } of text.matchAll(token)) {
    last = /^\s/.test(word) ? undefined : { expected, word, from, field };
    if (last === undefined) continue;
    const low = word.toLowerCase();
    if (expected === 'field') {
      if (low === '(' || low === 'not') last = undefined;
      else [field, expected] = [word, 'relation'];
    } else if (expected === 'relation') {
      if (sign.test(word) || low === '(') [expected, last] = ['value', low === '(' || /\W/.test(word) ? undefined : last];
      else if (low === 'null') expected = 'joint';
      list = low === '(';
    } else if (expected === 'value') {
      if (word === ',' || word === '(') last = undefined;
      else if (word === ')') [expected, last, list] = ['joint', undefined, false];
      else if (!list) expected = 'joint';
    } else if (low === 'and' || low === 'or') expected = 'field';
    else if (word === ')') last = undefined;
  }
  return last ?? { expected, word: '', from: text.length, field };
}

/** A proposal: what is put in the place of the word, and what is said of it. */
export interface Proposal {
  text: string;
  about: string;
}

const joints: Proposal[] = [{ text: 'AND ', about: N_('both hold') }, { text: 'OR ', about: N_('one of them holds') }];

/** The fields that fit a word, those that begin with it first. */
export function fieldProposals(word: string, fields: Field[]): Proposal[] {
  const part = word.replaceAll('`', '').toLowerCase();
  const place = (f: Field): number => {
    const at = f.key.toLowerCase().indexOf(part);
    return at < 0 ? (`${f.space}.${f.key}`.toLowerCase().startsWith(part) ? 1 : 3) : at === 0 ? 0 : 2;
  };
  return fields
    .map(f => ({ f, at: place(f) }))
    .filter(({ at }) => at < 3)
    .sort((a, b) => a.at - b.at || (b.f.runs ?? 0) - (a.f.runs ?? 0))
    .map(({ f }) => ({ text: `${plainName(f)} `, about: f.runs ? trans._n('%2 · %1 run', '%2 · %1 runs', f.runs, f.type) : f.type }));
}

/** A field as people write it: with quotes only where it needs them. */
export function plainName(f: Field): string {
  return f.space === 'attributes' ? f.key : /^[\p{L}\d_./-]+$/u.test(f.key) ? `${f.space}.${f.key}` : f.name;
}

export function relationProposals(word: string): Proposal[] {
  const part = word.toLowerCase();
  return relations.filter(r => r.toLowerCase().startsWith(part)).map(r => ({ text: r.endsWith('(') ? r : `${r} `, about: '' }));
}

export function jointProposals(word: string): Proposal[] {
  return joints.filter(j => j.text.toLowerCase().startsWith(word.toLowerCase())).map(j => ({ ...j, about: trans.__(j.about) }));
}

/** A text that is no filter, such as a name or a part of one, as the filter that it stands for. */
export function meant(text: string): string {
  const words = text.trim();
  if (words === '' || !/^[^=<>~()'"`]+$/.test(words) || /\b(is|in|like|ilike|and|or|not)\b/i.test(words) || words.includes('.')) return text;
  return `run_name ILIKE '%${words}%'`;
}

/** Where a byte of a text lies among its characters. */
export function placeOfByte(text: string, at: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, at)).length;
}
