import './timeline.css';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { useAnswer, useHost, type Place } from '../../host';
import { Answered, Empty, Failed, Loading } from '../../parts/states';
import { placed, trans } from '../../trans';
import { one } from '../view';
import { Notebooks } from './notebooks';
import { Session } from './session';
import { notebookOf, type Notebook, type SessionRow } from './sessions';
import type { LedgerChange } from '../../api/client';

/** What of the ledger is shown. */
interface Here {
  notebook?: string | undefined;
  session?: string | undefined;
  cell?: string | undefined;
}

const sessionsChanged = (changes: LedgerChange): boolean => changes.all === true || changes.kinds.some(kind => kind.startsWith('session.'));

export function Timeline({ params }: { params: Place['params'] }) {
  const host = useHost();
  const told: Here = { notebook: one(params, 'notebook'), session: one(params, 'session'), cell: one(params, 'cell') };
  const [here, set] = useState(told);
  useEffect(() => set(told), [told.notebook, told.session, told.cell]);
  const go = useCallback((to: Here): void => {
    set(to);
    host.restate(Object.fromEntries(Object.entries(to).filter(([, value]) => value !== undefined)) as Record<string, string>);
  }, [host]);
  const notebooks = useAnswer('/api/notebooks', { limit: 1000 }, sessionsChanged);
  return (
    <div class="gm-view gm-timeline">
      <h1 class="gm-visually-hidden">{trans.__('Timeline')}</h1>
      <Answered asked={notebooks} what={trans.__('the notebooks')}>
        {data => ((data.items ?? []).length === 0 ? <NothingYet /> : <Chosen notebooks={data.items!} here={here} go={go} />)}
      </Answered>
    </div>
  );
}

function NothingYet() {
  return (
    <Empty title={trans.__('Nothing is recorded here yet')}>
      <p>{placed(trans.__('Run a cell of a notebook with a gemba kernel, or %1: it appears here at once.', '%1'), <code>gemba run notebook.ipynb</code>)}</p>
      <p>{placed(trans.__('Is Jupyter without such a kernel? %1 brings it there.', '%1'), <code>gemba install</code>)}</p>
    </Empty>
  );
}

/** Finds which session is meant: the one that is named, that of the execution that is named, or the notebook's newest. */
function Chosen({ notebooks, here, go }: { notebooks: Notebook[]; here: Here; go(to: Here): void }) {
  const direct = here.notebook !== undefined && here.session !== undefined;
  const lost = here.session === undefined && here.cell !== undefined;
  const cell = useAnswer(lost ? '/api/cells/{id}' : null, { id: here.cell ?? '', outputs: false, fields: ['id', 'session'] });
  const wanted = here.session ?? (lost && cell.data?.id.startsWith(here.cell!) ? cell.data.session : undefined);
  const asked = direct || wanted === undefined ? null : '/api/sessions/{id}';
  const named = useAnswer(asked, { id: wanted ?? '', fields: ['id', 'notebook'] });
  const found = asked !== null && named.data?.id.startsWith(wanted!) ? named.data : undefined;
  const error = (lost ? cell.error : undefined) ?? (asked === null ? undefined : named.error);
  if (error) return <Failed error={error} again={() => go({})} />;
  const path = found?.notebook ?? here.notebook;
  if ((lost || asked !== null) && found === undefined) return <Loading what={trans.__('the session')} />;
  const notebook = path === undefined ? notebooks[0] : notebookOf(notebooks, path);
  if (notebook === undefined) {
    return (
      <Empty title={trans.__('Nothing of %1 is recorded', path!)}>
        <p>{trans.__('Run one of its cells with a gemba kernel.')}</p>
        <button class="gm-button" onClick={() => go({})}>{trans.__('Show what is recorded')}</button>
      </Empty>
    );
  }
  return <OfNotebook key={notebook.notebook} notebooks={notebooks} notebook={notebook} session={found?.id ?? here.session} cell={here.cell} go={go} />;
}

interface OfNotebook {
  notebooks: Notebook[];
  notebook: Notebook;
  session: string | undefined;
  cell: string | undefined;
  go(to: Here): void;
}

function OfNotebook({ notebooks, notebook, session, cell, go }: OfNotebook) {
  const [limit, setLimit] = useState(50);
  const sessions = useAnswer('/api/sessions', { notebook: notebook.notebook, limit }, changes => sessionsChanged(changes) || changes.kinds.includes('cell.finished'));
  const all = (sessions.data?.items ?? []).filter(s => s.notebook === notebook.notebook);
  const shown: SessionRow | undefined = session === undefined ? all[0] : all.find(s => s.id.startsWith(session));
  const beyond = session !== undefined && shown === undefined && sessions.data?.next !== undefined;
  useEffect(() => void (beyond && limit < 1000 && setLimit(1000)), [beyond, limit]);
  const opened = useCallback((id: string | undefined) => go({ notebook: notebook.notebook, session: shown?.id, cell: id }), [go, notebook.notebook, shown?.id]);
  return (
    <div class="gm-tl">
      <Notebooks notebooks={notebooks} sessions={all} notebook={notebook} session={shown} more={sessions.data?.next === undefined ? undefined : () => setLimit(1000)}
        choose={n => go({ notebook: n.notebook })} open={s => go({ notebook: notebook.notebook, session: s.id })} />
      {shown ? <Session key={shown.id} session={shown} cell={cell} opened={opened} /> : sessions.error ? <Failed error={sessions.error} again={sessions.again} /> : <Loading what={trans.__('the session')} />}
    </div>
  );
}
