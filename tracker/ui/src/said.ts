// What errors say to people.
import { Fault } from './api/client';
import type { Words } from './host';

/** What an error says, and what to try; '' where it does not tell. Translated is what the client says of its own, where nobody answered. That has no
 * values, and so no %: what others say is none of a translator's texts, which would take a % of theirs for the place of a value. */
export function said(error: Error, words: Words): { message: string; hint: string } {
  const own = error instanceof Fault && error.status === 0;
  const tell = (text: string): string => (own && text !== '' && !text.includes('%') ? words.__(text) : text);
  return { message: tell(error.message), hint: tell((error instanceof Fault && error.hint) || '') };
}
