// Texts in the reader's language. What the page and JupyterLab show as words of gemba's own goes through here, under the names that JupyterLab
// has for it, so that its tools for translators find the texts. texts.mjs gathers them in locale/gemba.pot.
import type { ComponentChild } from 'preact';

/** What translates texts, as far as there are translations; JupyterLab's TranslationBundle is one. The values stand for %1, %2 and so on. */
export interface Language {
  __(text: string, ...values: (string | number)[]): string;
  /** As many as n says: %1 is n, the values are %2 and so on. */
  _n(one: string, many: string, n: number, ...values: (string | number)[]): string;
}

const english: Language = {
  __: (text, ...values) => text.replace(/%(\d)/g, (mark, n: string) => String(values[Number(n) - 1] ?? mark)),
  _n: (one, many, n, ...values) => english.__(n === 1 ? one : many, n, ...values),
};

let language = english;

/** Sets the language of what is shown from now on. The web page has English alone; JupyterLab loads its page again for another language. */
export function speak(chosen: Language): void {
  language = chosen;
}

/** Translates texts. Not at the top of a file: the language is not known yet when that is read; N_ marks the texts there. */
export const trans: Language = {
  __: (text, ...values) => language.__(text, ...values),
  _n: (one, many, n, ...values) => language._n(one, many, n, ...values),
};

/** Marks a text that trans.__ gets later, from a table of texts: gettext's N_. */
export function N_<Text extends string>(text: Text): Text {
  return text;
}

/** What a table of marked texts has for a key; the key itself where it has nothing, as for a word of a newer server. */
export function wordFor(table: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(table, key) ? trans.__(table[key]!) : key;
}

/** A text with elements in the places of %1 and so on: placed(trans.__('one of %1', '%1'), <b>three</b>). */
export function placed(text: string, ...elements: ComponentChild[]): ComponentChild[] {
  return text.split(/%(\d)/).map((part, i) => (i % 2 === 0 ? part : elements[Number(part) - 1]));
}
