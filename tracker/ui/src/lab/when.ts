// Moments in the reader's words.
import { ago } from '../parts/format';
import type { Words } from './words';

const units: Record<string, string> = { min: '%1 min ago', h: '%1 h ago', d: '%1 d ago' };

/** How long ago a moment was, or its date when that was over a week ago. */
export function since(moment: string, words: Words): string {
  const [text = '', n = '', unit = ''] = /^(\d+) (\w+) ago$|.+/.exec(ago(moment)) ?? [];
  return words.__(units[unit] ?? text, n);
}
