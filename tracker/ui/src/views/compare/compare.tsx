import './compare.css';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useAnswer, useHost, type Place } from '../../host';
import { Empty } from '../../parts/states';
import { Link } from '../../parts/link';
import { placed, trans } from '../../trans';
import { Many } from './many';
import { Pair } from './pair';
import { one } from '../view';
import { askedOf } from './sides';

export function Compare({ params }: { params: Place['params'] }) {
  const asked = useMemo(() => askedOf(params), [params]);
  if (asked.kind === 'pair') return <Pair key={`${asked.a} ${asked.b}`} a={asked.a} b={asked.b} />;
  if (asked.kind === 'runs') return <Many key={asked.runs.join()} runs={asked.runs} find={one(params, 'find') ?? ''} />;
  return (
    <div class="gm-view">
      <header class="gm-head"><h1>{trans.__('Compare')}</h1></header>
      <div class="gm-body">
        <Empty title={trans.__('What is to be compared?')}>
          <p>{placed(
            trans.__('Select two runs or more in %1, or name two runs, sessions or cell executions:', '%1'),
            <Link to={{ view: 'runs', params: {} }} class="gm-compare-link">{trans.__('Runs')}</Link>,
          )}</p>
          <Choose />
        </Empty>
      </div>
    </div>
  );
}

/** Names the two sides, by ids, their leading digits or names. */
function Choose() {
  const host = useHost();
  const runs = useAnswer('/api/runs', { limit: 50, columns: ['none'], fields: ['id', 'name'] });
  const sessions = useAnswer('/api/sessions', { limit: 20, fields: ['id', 'name'] });
  const [sides, set] = useState(['', '']);
  useEffect(() => set(['', '']), [host]);
  const known = [...(runs.data?.items ?? []), ...(sessions.data?.items ?? [])];
  return (
    <form class="gm-compare-choose" onSubmit={event => (event.preventDefault(), host.go({ view: 'compare', params: { a: sides[0]!.trim(), b: sides[1]!.trim() } }))}>
      {['A', 'B'].map((name, at) => (
        <input key={name} class="gm-input" aria-label={name} placeholder={trans.__('%1: a name or an id', name)} list="gm-compare-known" value={sides[at]} onInput={event => set(sides.with(at, event.currentTarget.value))} />
      ))}
      <datalist id="gm-compare-known">{known.map(k => <option key={k.id} value={k.id}>{k.name}</option>)}</datalist>
      <button class="gm-button gm-primary" disabled={sides.some(s => s.trim() === '')}>{trans.__('Compare')}</button>
    </form>
  );
}
