// Finding keys among those that differ.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useTyped } from '../../parts/typed';
import { trans } from '../../trans';

/** Whether a name has all of some words in it, small letters or not: what the server does with /api/compare/runs' find. */
export function fits(name: string, find: string): boolean {
  const small = name.toLowerCase();
  return find.toLowerCase().split(/\s+/).every(word => small.includes(word));
}

interface Props {
  find: string;
  /** What was typed, a moment after the last key. */
  onFind(find: string): void;
  /** Where the arrow down leads to: the cell that takes part in tabbing, of what this selects. */
  into?: string;
}

/** A box to find keys with. Escape empties it, the arrow down leads to what was found. */
export function Find({ find, onFind, into }: Props) {
  const [text, set] = useState(find);
  const told = useRef(find);
  useEffect(() => {
    if (find !== told.current) set((told.current = find));
  }, [find]);
  useTyped(text, typed => typed !== told.current && onFind((told.current = typed)));
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && text !== '') set('');
    else if (event.key === 'ArrowDown' && into) document.querySelector<HTMLElement>(`${into} [tabindex="0"]`)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return <input class="gm-input gm-compare-find" type="search" placeholder={trans.__('Find keys')} title={trans.__('Words of keys, such as: metrics loss')} aria-label={trans.__('Find keys')} value={text} onInput={event => set(event.currentTarget.value)} onKeyDown={key} />;
}
