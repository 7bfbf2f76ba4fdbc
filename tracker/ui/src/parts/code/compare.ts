// Two sources line by line.
import { diff } from '@codemirror/merge';

/** A line of a comparison: its number in the one source, in the other, or in both. */
export interface Compared {
  sign: ' ' | '+' | '-';
  a?: number;
  b?: number;
}

/** How many equal lines are shown around those that differ. */
const context = 3;

/** More lines than there are characters to stand for them are not compared. */
const comparable = 60_000;

/** Compares the lines of two sources: each different line is a character, and the library compares these. */
export function compareLines(a: readonly string[], b: readonly string[]): Compared[] {
  if (a.length + b.length > comparable) return [...a.map((_, i): Compared => ({ sign: '-', a: i })), ...b.map((_, i): Compared => ({ sign: '+', b: i }))];
  const known = new Map<string, string>();
  const encode = (line: string): string => {
    if (!known.has(line)) known.set(line, String.fromCharCode(known.size < 0xd000 ? known.size + 1 : known.size + 0x1000));
    return known.get(line)!;
  };
  const all: Compared[] = [];
  let [atA, atB] = [0, 0];
  const equal = (to: number): void => {
    while (atA < to) all.push({ sign: ' ', a: atA++, b: atB++ });
  };
  for (const change of diff(a.map(encode).join(''), b.map(encode).join(''))) {
    equal(change.fromA);
    while (atA < change.toA) all.push({ sign: '-', a: atA++ });
    while (atB < change.toB) all.push({ sign: '+', b: atB++ });
  }
  equal(a.length);
  return all;
}

/** The lines around those that differ; a number stands for so many equal ones that are left out. */
export function around(all: readonly Compared[]): (Compared | number)[] {
  const near = new Uint8Array(all.length);
  all.forEach((line, i) => line.sign !== ' ' && near.fill(1, Math.max(0, i - context), i + context + 1));
  const shown: (Compared | number)[] = [];
  all.forEach((line, i) => {
    const last = shown.at(-1);
    if (near[i]) shown.push(line);
    else if (typeof last === 'number') shown[shown.length - 1] = last + 1;
    else shown.push(1);
  });
  return shown;
}
