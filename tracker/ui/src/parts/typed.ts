// What is typed into boxes that look for something.
import { useEffect } from 'preact/hooks';

/** Milliseconds after the last key: somebody who types does not wait for each letter's answer. */
const patience = 150;

/** Hands on a text that somebody types, a moment after it changed last. */
export function useTyped(text: string, hear: (text: string) => void): void {
  useEffect(() => {
    const timer = setTimeout(() => hear(text), patience);
    return () => clearTimeout(timer);
  }, [text]);
}
