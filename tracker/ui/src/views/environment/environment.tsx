import './environment.css';
import { useEffect, useState } from 'preact/hooks';
import { useAnswer, useHost, type Place } from '../../host';
import { Answered, Empty } from '../../parts/states';
import { placed, trans } from '../../trans';
import { one } from '../view';
import { Choose } from './choose';
import { Difference } from './difference';
import { Facts } from './facts';

/** One environment, or what differs between two. Without a name it is that of the newest session. */
export function Environment({ params }: { params: Place['params'] }) {
  const host = useHost();
  const named = one(params, 'id');
  const beside = one(params, 'with');
  const [chosen, set] = useState({ id: named, with: beside });
  useEffect(() => set({ id: named, with: beside }), [named, beside]);
  const sessions = useAnswer('/api/sessions', { limit: 200 }, changes => changes.all === true || changes.kinds.includes('session.started'));
  const go = (to: { id: string | undefined; with: string | undefined }): void => {
    set(to);
    host.restate({ ...(to.id ? { id: to.id } : {}), ...(to.with ? { with: to.with } : {}) });
  };
  return (
    <div class="gm-view">
      <Answered asked={sessions} what={trans.__('sessions')}>
        {page => {
          const items = page.items ?? [];
          const id = chosen.id ?? items[0]?.id;
          return (
            <>
              <header class="gm-head">
                <h1>{trans.__('Environment')}</h1>
                {id !== undefined && <Choose sessions={items} id={id} beside={chosen.with} go={go} />}
              </header>
              {id === undefined ? (
                <Empty title={trans.__('No environment is recorded yet')}>
                  <p>{placed(trans.__('Every session of a gemba kernel and every %1 records what it ran with.', '%1'), <code>gemba exec</code>)}</p>
                </Empty>
              ) : chosen.with ? (
                <Difference id={id} beside={chosen.with} swap={() => go({ id: chosen.with, with: id })} />
              ) : (
                <Facts id={id} />
              )}
            </>
          );
        }}
      </Answered>
    </div>
  );
}
