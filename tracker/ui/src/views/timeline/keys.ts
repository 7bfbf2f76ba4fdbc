import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Row } from './rows';

interface Keyed {
  list: readonly Row[];
  active: string | undefined;
  focus(row: Row): void;
  toggle(row: Row): void;
  search: RefObject<HTMLInputElement | null>;
}

/** How many rows a key goes on; infinite ones go to an end. */
const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, Home: -Infinity, End: Infinity, PageDown: 12, PageUp: -12 };

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** Keys of the list: j and k, / and Escape. Enter and Space open a row because it is a button. They are heard where nothing else has the focus. */
export function useKeys(keyed: Keyed): RefObject<HTMLDivElement | null> {
  const root = useRef<HTMLDivElement>(null);
  const now = useRef(keyed);
  now.current = keyed;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const at = event.target;
      const element = root.current;
      const ours = element !== null && element.offsetParent !== null && (at === document.body || (at instanceof Node && (element.contains(at) || (at as HTMLElement).id === 'main')));
      if (ours && !event.ctrlKey && !event.metaKey && !event.altKey && act(event, now.current)) event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
  return root;
}

function act(event: KeyboardEvent, { list, active, focus, search }: Keyed): boolean {
  if (event.target === search.current && (event.key === 'Escape' || event.key === 'Enter' || event.key === 'ArrowDown')) {
    const row = list.find(row => row.id === active) ?? list[0];
    if (row) setTimeout(() => focus(row)); // or the key opens it
    return true;
  }
  if (typing(event.target)) return false;
  if (event.key === '/') {
    setTimeout(() => (search.current?.focus(), search.current?.select())); // or the key is typed into it
    return true;
  }
  const step = steps[event.key];
  const inRow = event.target instanceof HTMLElement && (event.target.classList.contains('gm-tl-row') || event.target === document.body || event.target.id === 'main');
  if (step === undefined || list.length === 0 || (!inRow && event.key.length > 1)) return false; // arrows scroll what has the focus
  const at = list.findIndex(row => row.id === active);
  const next = at < 0 ? (step > 0 && Number.isFinite(step) ? 0 : step > 0 ? list.length - 1 : 0) : Math.min(list.length - 1, Math.max(0, at + step));
  focus(list[next]!);
  return true;
}
