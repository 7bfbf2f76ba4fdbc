// Texts as a terminal would show them: carriage returns and backspaces done, colours read, all other control sequences left out.

/** How a piece of a text looks. Colours are a number of the palette (0 to 255), or red, green and blue. */
export interface Look {
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  strike?: boolean;
  inverse?: boolean;
  ink?: number | readonly [number, number, number];
  ground?: number | readonly [number, number, number];
}

export interface Piece {
  text: string;
  look: Look;
}

type Change = (look: Look) => Look;

const without = (...names: (keyof Look)[]): Change => look => {
  const rest = { ...look };
  for (const name of names) delete rest[name];
  return rest;
};

/** What the codes of "select graphic rendition" do that take no further ones (ECMA-48, 8.3.117). */
const codes = new Map<number, Change>([
  [0, () => ({})],
  [1, look => ({ ...look, bold: true })],
  [2, look => ({ ...look, dim: true })],
  [3, look => ({ ...look, italic: true })],
  [4, look => ({ ...look, underline: true })],
  [7, look => ({ ...look, inverse: true })],
  [9, look => ({ ...look, strike: true })],
  [22, without('bold', 'dim')],
  [23, without('italic')],
  [24, without('underline')],
  [27, without('inverse')],
  [29, without('strike')],
  [39, without('ink')],
  [49, without('ground')],
]);
for (let i = 0; i < 8; i++) {
  codes.set(30 + i, look => ({ ...look, ink: i }));
  codes.set(40 + i, look => ({ ...look, ground: i }));
  codes.set(90 + i, look => ({ ...look, ink: i + 8 }));
  codes.set(100 + i, look => ({ ...look, ground: i + 8 }));
}

const byte = (n: number | undefined): number => Math.min(255, Math.max(0, n ?? 0));

/** Applies the parameters of one sequence. */
export function applied(look: Look, parameters: string): Look {
  const list = parameters.split(/[;:]/).map(p => Number.parseInt(p || '0', 10));
  for (let i = 0; i < list.length; i++) {
    const code = list[i]!;
    const extended = code === 38 ? 'ink' : code === 48 ? 'ground' : undefined;
    if (extended === undefined) look = codes.get(code)?.(look) ?? look;
    else if (list[i + 1] === 5) (look = { ...look, [extended]: byte(list[i + 2]) }), (i += 2);
    else if (list[i + 1] === 2) (look = { ...look, [extended]: [byte(list[i + 2]), byte(list[i + 3]), byte(list[i + 4])] }), (i += 4);
  }
  return look;
}

/** Control sequences: the parameters of those that set the look are caught. The last one may have been cut off. */
// eslint-disable-next-line no-control-regex
const sequence = /\u001b\[([0-9;:]*)m|\u001b\[[0-?]*[ -/]*(?:[@-~]|$)|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[PX^_][^\u001b]*\u001b\\|\u001b[ -/]*[0-~]?/g;

/** The text without its control sequences. */
export function plain(text: string): string {
  return text.replace(sequence, '');
}

/** The pieces of a text. */
export function pieces(text: string): Piece[] {
  const all: Piece[] = [];
  let look: Look = {};
  let at = 0;
  const add = (piece: string): void => {
    if (piece !== '') all.push({ text: piece, look });
  };
  const written = overwritten(text);
  for (const found of written.matchAll(sequence)) {
    add(written.slice(at, found.index));
    if (found[1] !== undefined) look = applied(look, found[1]);
    at = found.index + found[0].length;
  }
  add(written.slice(at));
  return all;
}

/** The text as lines that were written over stand at the end: a progress bar is one line, not a thousand. */
function overwritten(text: string): string {
  if (!/[\r\b]/.test(text)) return text;
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(line => takenBack(line.includes('\r') ? lastWritten(line.split('\r')) : line))
    .join('\n');
}

/** What is seen of texts that were written over each other, each from the line's begin. A text that erases the line hides those before it. */
function lastWritten(parts: string[]): string {
  let shown = '';
  let length = 0;
  for (const part of parts.reverse()) {
    const own = part.length > length ? plain(part).length : 0;
    if (own > length) [shown, length] = [shown + behind(part, length), own];
    if (/\u001b\[[02]?K/.test(part)) break;
  }
  return shown;
}

/** What a text has behind so many characters, with the looks that hold there. */
function behind(text: string, length: number): string {
  let rest = '';
  let at = 0;
  const add = (piece: string): void => {
    rest += piece.slice(length);
    length = Math.max(0, length - piece.length);
  };
  for (const found of text.matchAll(sequence)) {
    add(text.slice(at, found.index));
    rest += found[0];
    at = found.index + found[0].length;
  }
  add(text.slice(at));
  return rest;
}

/** A line without what backspaces took back. */
function takenBack(line: string): string {
  if (!line.includes('\b')) return line;
  const kept: string[] = [];
  for (const letter of line) letter === '\b' ? kept.pop() : kept.push(letter);
  return kept.join('');
}
