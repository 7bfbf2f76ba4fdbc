import type { ComponentChildren } from 'preact';
import type { Schemas } from '../../api/client';
import { ago, exact, number } from '../../parts/format';
import { Link } from '../../parts/link';
import { trans } from '../../trans';
import { wordOf } from '../runs/status';

/** The notebooks that ran last. */
export function Notebooks({ notebooks, more }: { notebooks: Schemas['Notebook'][]; more: boolean }) {
  return (
    <Recent title={trans.__('Notebooks')} none={trans.__('No notebook ran yet.')} empty={notebooks.length === 0} more={more && <Link to={{ view: 'timeline', params: {} }}>{trans.__('All notebooks')}</Link>}>
      {notebooks.map(n => (
        <li key={n.notebook}>
          <Link to={{ view: 'timeline', params: { notebook: n.notebook } }} class="gm-home-name">{n.notebook === '' ? trans.__('Programs') : n.name}</Link>
          <span class="gm-dim">{trans._n('%1 session', '%1 sessions', n.sessions)}</span>
          <time class="gm-dim" dateTime={n.started} title={exact(n.started)}>{ago(n.started)}</time>
        </li>
      ))}
    </Recent>
  );
}

/** The runs that began last, with two of their metrics. */
export function Runs({ runs, more }: { runs: Schemas['account.RunRow'][]; more: boolean }) {
  return (
    <Recent title={trans.__('Runs')} none={trans.__('No run is logged yet.')} empty={runs.length === 0} more={more && <Link to={{ view: 'runs', params: {} }}>{trans.__('All runs')}</Link>}>
      {runs.map(r => (
        <li key={r.id}>
          <span class="gm-home-name" dir="auto">
            <Link to={{ view: 'runs', params: { run: r.id } }}>{r.name}</Link>
          </span>
          <span class="gm-dim gm-cut">{r.status === 'finished' ? metricsOf(r) : wordOf(r.status)}</span>
          {r.started && <time class="gm-dim" dateTime={r.started} title={exact(r.started)}>{ago(r.started)}</time>}
        </li>
      ))}
    </Recent>
  );
}

function metricsOf(run: Schemas['account.RunRow']): string {
  return Object.entries(run.metrics ?? {})
    .slice(0, 2)
    .map(([key, value]) => `${key} ${typeof value === 'number' ? number(value) : String(value)}`)
    .join(' · ');
}

function Recent({ title, none, empty, more, children }: { title: string; none: string; empty: boolean; more: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="gm-card gm-home-list" aria-label={title}>
      <h2>{title}</h2>
      {empty ? <p class="gm-dim">{none}</p> : <ul>{children}</ul>}
      {more && <p>{more}</p>}
    </section>
  );
}
