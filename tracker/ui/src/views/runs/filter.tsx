import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Fault } from '../../api/client';
import { useHost, type Host } from '../../host';
import { trans } from '../../trans';
import { fieldProposals, jointProposals, meant, placeOfByte, relationProposals, standOf, type Proposal } from './complete';
import { fieldNamed, type Field } from './fields';
import { quoted } from './query';

interface Props {
  filter: string;
  fields: Field[];
  error?: Error | undefined;
  onFilter(filter: string): void;
}

const shownAtOnce = 12;

/** Where runs are chosen: a line in the filter language, which proposes what can stand next. */
export function Filter({ filter, fields, error, onFilter }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(filter);
  const [open, setOpen] = useState(false);
  const [chosen, choose] = useState(-1);
  useEffect(() => setText(filter), [filter]);
  const stand = standOf(text.slice(0, input.current?.selectionStart ?? text.length));
  const proposals = useProposals(open, stand.expected, stand.word, stand.field, fields).slice(0, shownAtOnce);
  const apply = (value: string): void => {
    const asked = meant(value);
    setText(asked);
    setOpen(false);
    onFilter(asked.trim());
  };
  const take = ({ text: word }: Proposal): void => {
    const end = input.current?.selectionStart ?? text.length;
    const next = text.slice(0, stand.from) + word + text.slice(end);
    setText(next);
    choose(-1);
    requestAnimationFrame(() => (input.current?.focus(), input.current?.setSelectionRange(stand.from + word.length, stand.from + word.length), setOpen(true)));
  };
  const key = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = proposals[chosen];
    if (by !== undefined) {
      setOpen(true);
      if (proposals.length) choose(((open ? chosen : -1) + by + proposals.length + (chosen < 0 && by < 0 ? 1 : 0)) % proposals.length);
    } else if (event.key === 'Enter') at && open ? take(at) : apply(text);
    else if (event.key === 'Tab' && at && open) take(at);
    else if (event.key === 'Escape' && open) setOpen(false);
    else return;
    event.preventDefault();
  };
  const wrong = error instanceof Fault && error.code === 'wrong_filter' && text.trim() === filter ? error : undefined;
  return (
    <div class="gm-filter">
      <div class={`gm-filter-line${wrong ? ' gm-filter-wrong' : ''}`}>
        <input ref={input} class="gm-filter-input" type="text" role="combobox" aria-label={trans.__('Filter')} aria-expanded={open && proposals.length > 0} aria-controls={`${id}-list`} spellcheck={false}
          autocomplete="off" aria-autocomplete="list" aria-activedescendant={open && chosen >= 0 ? `${id}-${chosen}` : undefined} aria-invalid={wrong !== undefined} aria-describedby={wrong ? `${id}-wrong` : undefined}
          placeholder={trans.__('Filter: %1, or a part of a name', 'metrics.loss < 0.5 AND params.lr = 0.01')} value={text}
          onInput={event => (setText(event.currentTarget.value), setOpen(true), choose(-1))} onFocus={() => setOpen(text === '')} onClick={() => setOpen(true)}
          onBlur={() => setTimeout(() => setOpen(false), 150)} onKeyDown={key} />
        {text !== '' && <button class="gm-filter-clear" aria-label={trans.__('Clear the filter')} onClick={() => apply('')}>×</button>}
      </div>
      <ul class="gm-menu gm-filter-list" id={`${id}-list`} role="listbox" aria-label={trans.__('Proposals')} hidden={!open || proposals.length === 0}>
        {proposals.map((p, at) => (
          <li key={p.text} id={`${id}-${at}`} role="option" aria-selected={at === chosen} class={at === chosen ? 'gm-menu-chosen' : ''} onPointerDown={event => (event.preventDefault(), take(p))}>
            <span class="gm-mono gm-cut" dir="auto">{p.text}</span> <span class="gm-dim gm-filter-about">{p.about}</span>
          </li>
        ))}
      </ul>
      {wrong && <Wrong id={`${id}-wrong`} text={filter} fault={wrong} />}
    </div>
  );
}

/** Where a filter is wrong, and why. */
function Wrong({ id, text, fault }: { id: string; text: string; fault: Fault }) {
  const at = placeOfByte(text, fault.at ?? 0);
  return (
    <div class="gm-filter-fault" id={id} role="alert">
      <p class="gm-mono gm-filter-at">{text.slice(0, at)}<mark>{text.slice(at) || ' '}</mark></p>
      <p class="gm-filter-why">{fault.message}</p>
      {fault.hint && <p class="gm-dim">{fault.hint}</p>}
    </div>
  );
}

/** What can stand next. Fields and values that are not at hand are asked for. */
function useProposals(open: boolean, expected: string, word: string, field: string, fields: Field[]): Proposal[] {
  const host = useHost();
  const [asked, set] = useState<{ key: string; list: Proposal[] }>({ key: '', list: [] });
  const key = expected === 'value' ? `value ${field}` : expected === 'field' && word !== '' ? `field ${word}` : '';
  useEffect(() => {
    if (!open || key === '') return;
    const wait = setTimeout(() => void ask(host, expected, word, field, fields).then(list => set({ key, list }), () => undefined), 120);
    return () => clearTimeout(wait);
  }, [host, open, key]);
  if (!open) return [];
  if (expected === 'relation') return relationProposals(word);
  if (expected === 'joint') return jointProposals(word);
  const more = asked.key === key ? asked.list : [];
  if (expected === 'value') return more.filter(p => p.text.toLowerCase().includes(word.replaceAll("'", '').toLowerCase()));
  const near = fieldProposals(word, fields);
  return [...near, ...more.filter(p => !near.some(n => n.text === p.text))];
}

async function ask(host: Host, expected: string, word: string, field: string, fields: Field[]): Promise<Proposal[]> {
  if (expected === 'field') {
    const found = await host.client.get('/api/runs/columns', { prefix: word.replace(/^\w+\.`?|`/g, ''), limit: 50 });
    return fieldProposals(word, found.items ?? []);
  }
  const found = await host.client.get('/api/runs/groups', { by: field, limit: 50 });
  const figures = fieldNamed(found.by, fields).type === 'number';
  return (found.groups ?? []).filter(g => g.value !== null).map(g => ({ text: `${figures ? g.value! : quoted(g.value!)} `, about: trans._n('%1 run', '%1 runs', g.runs) }));
}
