// The notebooks of the ledger and the sessions of the chosen one: a list at the left, two selectors where there is no room.
import { ago, exact } from '../../parts/format';
import { trans } from '../../trans';
import { folderOf, nameOf, sessionState, type Notebook, type SessionRow } from './sessions';

interface Props {
  notebooks: readonly Notebook[];
  sessions: readonly SessionRow[];
  notebook: Notebook | undefined;
  session: SessionRow | undefined;
  more: (() => void) | undefined;
  choose(notebook: Notebook): void;
  open(session: SessionRow): void;
}

/** When each session began: to the second where another one began in the same minute. */
function begins(sessions: readonly SessionRow[]): (of: SessionRow) => string {
  const times = new Map(sessions.map(s => [s.id, exact(s.started)]));
  const minutes = new Map<string, number>();
  for (const time of times.values()) minutes.set(time.slice(0, 16), (minutes.get(time.slice(0, 16)) ?? 0) + 1);
  return of => {
    const time = times.get(of.id)!;
    return minutes.get(time.slice(0, 16)) === 1 ? time.slice(0, 16) : time;
  };
}

export function Notebooks(props: Props) {
  return (
    <aside class="gm-tl-side" aria-label={trans.__('Notebooks and sessions')}>
      <List {...props} />
      <Selectors {...props} />
    </aside>
  );
}

function List({ notebooks, sessions, notebook, session, more, choose, open }: Props) {
  const when = begins(sessions);
  return (
    <ul class="gm-tl-notebooks">
      {notebooks.map(n => (
        <li key={n.notebook}>
          <button class="gm-tl-notebook" aria-expanded={n === notebook} onClick={() => choose(n)} title={n.notebook}>
            <span class="gm-cut" dir="auto">{nameOf(n)}</span>
            <span class="gm-dim gm-num">{n.sessions}</span>
            <span class="gm-dim gm-cut gm-tl-folder"><bdi>{folderOf(n)}</bdi></span>
          </button>
          {n === notebook && (
            <ul class="gm-tl-sessions">
              {sessions.map(s => (
                <li key={s.id}>
                  <button class="gm-tl-choice" aria-current={s.id === session?.id ? 'true' : undefined} onClick={() => open(s)} title={`${exact(s.started)}, ${ago(s.started)}`}>
                    <span class={`gm-tl-dot gm-tl-dot-${sessionState(s.status).look}`} aria-hidden="true" />
                    <time dateTime={s.started}>{when(s)}</time>
                    <span class="gm-dim">{s.status === 'closed' ? '' : sessionState(s.status).title}</span>
                    <span class="gm-dim gm-num" title={trans.__('cell executions')}>{s.cells.toLocaleString('en')}</span>
                  </button>
                </li>
              ))}
              {more && <li><button class="gm-link gm-tl-more" onClick={more}>{trans.__('Earlier sessions')}</button></li>}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

function Selectors({ notebooks, sessions, notebook, session, choose, open }: Props) {
  const when = begins(sessions);
  return (
    <div class="gm-tl-selectors">
      <select class="gm-select" aria-label={trans.__('Notebook')} value={notebook?.notebook} onChange={event => choose(notebooks.find(n => n.notebook === event.currentTarget.value)!)}>
        {notebooks.map(n => <option key={n.notebook} value={n.notebook}>{nameOf(n)}</option>)}
      </select>
      <select class="gm-select" aria-label={trans.__('Session')} value={session?.id} onChange={event => open(sessions.find(s => s.id === event.currentTarget.value)!)}>
        {sessions.map(s => <option key={s.id} value={s.id}>{`${when(s)}, ${sessionState(s.status).title}, ${trans._n('%2 cell', '%2 cells', s.cells, s.cells.toLocaleString('en'))}`}</option>)}
      </select>
    </div>
  );
}
