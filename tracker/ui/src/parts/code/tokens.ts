// Sources as lines of coloured pieces: a list of a thousand cells makes no thousand editors.
import { highlightCode, tagHighlighter, tags } from '@lezer/highlight';
import { parserOf, type Language } from './languages';

/** A piece of a line, and its class; no class where it has no colour. */
export interface Token {
  text: string;
  kind: string;
}

const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.self], class: 'gm-tok-keyword' },
  { tag: [tags.string, tags.character, tags.special(tags.string)], class: 'gm-tok-string' },
  { tag: [tags.number, tags.bool, tags.null], class: 'gm-tok-number' },
  { tag: tags.comment, class: 'gm-tok-comment' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.function(tags.definition(tags.variableName))], class: 'gm-tok-function' },
  { tag: [tags.typeName, tags.className], class: 'gm-tok-type' },
  { tag: tags.meta, class: 'gm-tok-meta' },
  { tag: [tags.escape, tags.regexp], class: 'gm-tok-escape' },
]);

/** Longer sources, in characters, are shown without colours. */
const coloured = 200_000;

/** Characters that are not seen, or change the direction of what stands beside them, so that code reads other than it runs (Trojan Source). */
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;
const hiddenAll = new RegExp(`(${hidden.source})`, 'u');

/** The lines of a source. */
export function lines(source: string, language: Language): Token[][] {
  const parser = source.length > coloured ? undefined : parserOf(language);
  const text = source.replaceAll('\r\n', '\n');
  if (parser === undefined) return text.split('\n').map(line => visible(line, ''));
  const all: Token[][] = [[]];
  highlightCode(text, parser.parse(text), highlighter, (piece, kind) => all.at(-1)!.push(...visible(piece, kind)), () => all.push([]));
  return all;
}

/** Splits a piece where it has characters that nobody sees: they are shown by their numbers. */
function visible(text: string, kind: string): Token[] {
  if (!hidden.test(text)) return text === '' ? [] : [{ text, kind }];
  return text
    .split(hiddenAll)
    .filter(part => part !== '')
    .map(part => (hidden.test(part) ? { text: `U+${part.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`, kind: 'gm-tok-hidden' } : { text: part, kind }));
}
