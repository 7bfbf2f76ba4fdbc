import { useEffect, useRef, useState } from 'preact/hooks';
import { useHost } from '../host';
import { Icon } from '../parts/icon';
import { trans } from '../trans';
import { useFound } from './found';

/** Finds views, notebooks, runs, and whatever has an id. */
export function Search({ close }: { close(): void }) {
  const host = useHost();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const found = useFound(text.trim());
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => setAt(0), [text]);
  useEffect(() => document.getElementById(`gm-found-${at}`)?.scrollIntoView({ block: 'nearest' }), [at]);
  const go = (i: number): void => {
    const to = found.hits[i]?.to;
    if (!to) return;
    close();
    host.go(to);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(found.hits.length - 1, at + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1));
    else if (event.key === 'Enter') go(at);
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} class="gm-search" aria-label={trans.__('Search')} onClose={close} onClick={event => event.target === dialog.current && close()}>
      <input class="gm-search-text" type="text" role="combobox" aria-label={trans.__('Search the ledger')} aria-expanded={found.hits.length > 0} aria-controls="gm-found" aria-autocomplete="list" dir="auto"
        aria-activedescendant={found.hits.length > 0 ? `gm-found-${at}` : undefined} placeholder={trans.__('An id, a run, a notebook or a view')} autoFocus value={text} onInput={event => setText(event.currentTarget.value)} onKeyDown={key} />
      <ul id="gm-found" role="listbox" aria-label={trans.__('Found')}>
        {found.hits.map((hit, i) => (
          <li key={i} id={`gm-found-${i}`} role="option" aria-selected={i === at} onClick={() => go(i)} onPointerMove={() => setAt(i)}>
            <Icon path={hit.icon} />
            <span class="gm-cut" dir="auto">{hit.name}</span>
            <span class="gm-dim">{hit.about}</span>
          </li>
        ))}
      </ul>
      <p class="gm-search-end" role="status">
        {found.hits.length > 0 ? trans.__('Enter opens, Esc closes') : found.looking ? trans.__('Looking…') : trans.__('Nothing is called so, and no id begins so')}
      </p>
    </dialog>
  );
}
