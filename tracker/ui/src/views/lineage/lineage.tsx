import './lineage.css';
import { useEffect, useState } from 'preact/hooks';
import { useAnswer, useHost, type Place } from '../../host';
import { Answered, Empty, Loading } from '../../parts/states';
import { placed, trans } from '../../trans';
import { one } from '../view';
import { Choose, directions, type Direction } from './choose';
import { Explore } from './explore';

/** What is around a session, a cell execution, a run, a snapshot, a file or a model. Without a name it is the newest notebook session. */
export function Lineage({ params }: { params: Place['params'] }) {
  const host = useHost();
  const told = one(params, 'id');
  const way = directions.find(d => d.id === one(params, 'direction'))?.id ?? 'all';
  const [here, set] = useState<{ id: string | undefined; direction: Direction }>({ id: told, direction: way });
  useEffect(() => set({ id: told, direction: way }), [told, way]);
  const go = (id: string | undefined, direction: Direction): void => {
    set({ id, direction });
    host.restate({ ...(id ? { id } : {}), ...(direction === 'all' ? {} : { direction }) });
  };
  const sessions = useAnswer('/api/sessions', { limit: 100 }, changes => changes.all === true || changes.kinds.includes('session.started'));
  const runs = useAnswer('/api/runs', { limit: 100, columns: ['none'] });
  const items = sessions.data?.items ?? [];
  const id = here.id ?? (items.find(s => s.notebook !== '') ?? items[0])?.id;
  return (
    <div class="gm-view gm-lineage">
      <header class="gm-head">
        <h1>{trans.__('Lineage')}</h1>
        {id !== undefined && <Choose id={id} direction={here.direction} sessions={items} runs={runs.data?.items ?? []} go={go} />}
      </header>
      {id !== undefined ? <Around key={`${id} ${here.direction}`} id={id} direction={here.direction} go={go} /> : sessions.data ? <Nothing /> :
        <Answered asked={sessions} what={trans.__('sessions')}>{() => <Loading what={trans.__('sessions')} />}</Answered>}
    </div>
  );
}

function Nothing() {
  return (
    <Empty title={trans.__('Nothing is recorded yet')}>
      <p>{placed(trans.__("Run a notebook's cells, or %1: what they read and write comes here.", '%1'), <code>gemba exec -- your program</code>)}</p>
    </Empty>
  );
}

export const most = 1000;

function Around({ id, direction, go }: { id: string; direction: Direction; go(id: string, direction: Direction): void }) {
  const asked = useAnswer('/api/lineage', { id, direction, limit: most }, changes => changes.all === true || changes.kinds.includes('cell.finished'));
  return (
    <Answered asked={asked} what={trans.__('what came of what')}>
      {graph => ((graph.nodes ?? []).length === 0 ? <Empty title={trans.__('Nothing is known of where this came from')} /> : <Explore answer={graph} focus={id} go={go} />)}
    </Answered>
  );
}
