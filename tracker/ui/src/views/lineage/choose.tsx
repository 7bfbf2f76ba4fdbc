import type { Schemas } from '../../api/client';
import { exact, short } from '../../parts/format';
import { N_, trans } from '../../trans';

export type Direction = 'all' | 'upstream' | 'downstream' | 'both';

export const directions: { id: Direction; title: string }[] = [
  { id: 'all', title: N_('all around it') },
  { id: 'upstream', title: N_('what it came of') },
  { id: 'downstream', title: N_('what came of it') },
  { id: 'both', title: N_('both ways') },
];

interface Props {
  id: string;
  direction: Direction;
  sessions: Schemas['SessionRow'][];
  runs: Schemas['account.RunRow'][];
  go(id: string, direction: Direction): void;
}

/** Chooses what the graph is about. */
export function Choose({ id, direction, sessions, runs, go }: Props) {
  const known = [...sessions, ...runs].find(x => x.id.startsWith(id) || ('name' in x && x.name === id))?.id;
  return (
    <>
      <select class="gm-select gm-lineage-of" aria-label={trans.__('Lineage of')} value={known ?? id} onChange={event => go(event.currentTarget.value, direction)}>
        {known === undefined && <option value={id}>{labelOf(id)}</option>}
        <optgroup label={trans.__('Sessions')}>
          {sessions.map(s => <option key={s.id} value={s.id}>{`${s.name === '–' ? s.engine : s.name} · ${exact(s.started)} · ${short(s.id)}`}</option>)}
        </optgroup>
        <optgroup label={trans.__('Runs')}>
          {runs.map(r => <option key={r.id} value={r.id}>{`${r.name} · ${r.started ? exact(r.started) : ''} · ${short(r.id)}`}</option>)}
        </optgroup>
      </select>
      <select class="gm-select" aria-label={trans.__('Direction')} value={direction} onChange={event => go(id, event.currentTarget.value as Direction)}>
        {directions.map(d => <option key={d.id} value={d.id}>{trans.__(d.title)}</option>)}
      </select>
    </>
  );
}

/** How a node's id reads: file:data/raw.csv@90844bbd… */
function labelOf(id: string): string {
  return id.includes(':') ? id.replace(/@([0-9a-f]{8})[0-9a-f]*$/, ' @ $1') : short(id);
}
