import type { ComponentChildren } from 'preact';
import type { Schemas } from '../../api/client';
import { useAnswer, type Place } from '../../host';
import { ago } from '../../parts/format';
import { Link } from '../../parts/link';

/** Figures of the ledger, each a way to where it is told in full. */
export function State({ ledger }: { ledger: Schemas['Ledger'] }) {
  const check = useAnswer('/api/verify');
  const reviews = useAnswer('/api/reviews', { limit: 1000 }, changes => changes.all === true || (changes.reviewed?.length ?? 0) > 0);
  const result = check.data?.result;
  const said = reviews.data?.items ?? [];
  return (
    <ul class="gm-home-state" aria-label="The ledger">
      <Figure title="Cell executions" figure={ledger.cells.toLocaleString('en')} to={{ view: 'timeline', params: {} }}>in {count(ledger.sessions, 'session')}</Figure>
      <Figure title="Runs" figure={ledger.runs.toLocaleString('en')} to={{ view: 'runs', params: {} }}>in {count(ledger.experiments, 'experiment')}</Figure>
      <Figure title="Reviews" figure={reviews.data ? said.length.toLocaleString('en') : '…'} to={{ view: 'review', params: {} }}>{said.length > 0 ? `the last ${ago(said.at(-1)!.time)}` : 'nothing was said yet'}</Figure>
      <Figure title="Record" figure={result ? (result.ok ? '✓ Verified' : '✕ Corrupt') : 'Not checked'} look={result && (result.ok ? 'gm-home-good' : 'gm-home-bad')} to={{ view: 'verify', params: {} }}>
        {check.data?.state === 'running' ? 'a check runs' : result && check.data?.finished ? ago(check.data.finished) : 'since this server started'}
      </Figure>
    </ul>
  );
}

function Figure({ title, figure, look, to, children }: { title: string; figure: string; look?: string | undefined; to: Place; children: ComponentChildren }) {
  return (
    <li>
      <Link to={to} class="gm-card gm-home-figure">
        <span class="gm-home-title">{title}</span>
        <span class={`gm-home-number ${look ?? ''}`}>{figure}</span>
        <span class="gm-dim">{children}</span>
      </Link>
    </li>
  );
}

function count(n: number, what: string): string {
  return `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
}
