import { useState } from 'preact/hooks';
import { useAnswer } from '../../host';
import { trans } from '../../trans';
import { titleOf, type Field } from './fields';

const atOnce = 200;

/** Finds a field among many, by its name. */
function useFields(text: string): { list: Field[]; more: number } {
  const asked = useAnswer('/api/runs/columns', { prefix: text, limit: atOnce });
  const list = asked.data?.items ?? [];
  return { list, more: (asked.data?.total ?? 0) - list.length };
}

function Search({ text, onText }: { text: string; onText(text: string): void }) {
  return <input class="gm-input gm-menu-search" type="search" placeholder={trans.__('Find a field')} aria-label={trans.__('Find a field')} value={text} onInput={event => onText(event.currentTarget.value)} />;
}

function Name({ field }: { field: Field }) {
  return (
    <span class="gm-field gm-cut">
      <span class="gm-dim">{field.space === 'attributes' ? '' : `${field.space} `}</span>
      <span dir="auto">{titleOf(field)}</span>
    </span>
  );
}

/** Chooses the columns of the table, and their order. */
export function Columns({ shown, onColumns, onUsual }: { shown: Field[]; onColumns(names: string[]): void; onUsual(): void }) {
  const [text, setText] = useState('');
  const { list, more } = useFields(text);
  const names = shown.map(f => f.name);
  const move = (at: number, by: number): void => {
    const next = [...names];
    const [name] = next.splice(at, 1);
    next.splice(at + by, 0, name!);
    onColumns(next);
  };
  return (
    <div class="gm-columns">
      <Search text={text} onText={setText} />
      <div class="gm-menu-scroll">
        {text === '' && (
          <section aria-label={trans.__('Shown')}>
            <h3>{trans.__('Shown')} <button class="gm-link" onClick={onUsual}>{trans.__('Show the usual ones')}</button></h3>
            <ul>
              {shown.map((f, at) => (
                <li key={f.name} class="gm-columns-item">
                  <label class="gm-cut"><input type="checkbox" checked onChange={() => onColumns(names.filter(n => n !== f.name))} /> <Name field={f} /></label>
                  <span class="gm-columns-move">
                    <button aria-label={trans.__('Move %1 to the left', f.key)} disabled={at === 0} onClick={() => move(at, -1)}>↑</button>
                    <button aria-label={trans.__('Move %1 to the right', f.key)} disabled={at === names.length - 1} onClick={() => move(at, 1)}>↓</button>
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section aria-label={trans.__('More fields')}>
          {text === '' && <h3>{trans.__('More fields')}</h3>}
          <ul>
            {list.filter(f => text !== '' || !names.includes(f.name)).map(f => (
              <li key={f.name} class="gm-columns-item">
                <label class="gm-cut">
                  <input type="checkbox" checked={names.includes(f.name)} onChange={() => onColumns(names.includes(f.name) ? names.filter(n => n !== f.name) : [...names, f.name])} /> <Name field={f} />
                </label>
                <span class="gm-dim">{f.runs ?? ''}</span>
              </li>
            ))}
          </ul>
          {more > 0 && <p class="gm-dim gm-menu-note">{trans.__('%1 more: type a part of the name.', more.toLocaleString('en'))}</p>}
          {list.length === 0 && <p class="gm-dim gm-menu-note">{trans.__('No field has this in its name.')}</p>}
        </section>
      </div>
    </div>
  );
}

/** Fields whose values are few enough to group by. */
const groupable = (f: Field): boolean => f.type !== 'date-time' && f.type !== 'duration' && f.space !== 'metrics' && !['run_id', 'run_name'].includes(f.key);

/** Chooses the field that rows are grouped by. */
export function GroupBy({ group, onGroup }: { group: string; onGroup(name: string): void }) {
  const [text, setText] = useState('');
  const { list } = useFields(text);
  return (
    <div class="gm-columns">
      <Search text={text} onText={setText} />
      <ul class="gm-menu-scroll">
        <li><button class="gm-menu-item" aria-pressed={group === ''} onClick={() => onGroup('')}>{trans.__('No groups')}</button></li>
        {list.filter(groupable).map(f => (
          <li key={f.name}><button class="gm-menu-item" aria-pressed={group === f.name} onClick={() => onGroup(f.name)}><Name field={f} /></button></li>
        ))}
      </ul>
    </div>
  );
}
