// The languages of recorded sources: those of gemba's own engine and of Python; others are shown without colours.
import { goLanguage } from '@codemirror/lang-go';
import { pythonLanguage } from '@codemirror/lang-python';
import type { Parser } from '@lezer/common';

export type Language = 'go' | 'python' | '';

const parsers: Record<Exclude<Language, ''>, Parser> = { go: goLanguage.parser, python: pythonLanguage.parser };

/** The parser of a language; undefined where its sources are shown as they are. */
export function parserOf(language: Language): Parser | undefined {
  return language === '' ? undefined : parsers[language];
}

/** The language that an engine executes: "go", or the name of a wrapped kernel. */
export function languageOf(engine: string): Language {
  if (/^(go|gemba)$/i.test(engine)) return 'go';
  return /python|ipykernel|conda|venv/i.test(engine) ? 'python' : '';
}
