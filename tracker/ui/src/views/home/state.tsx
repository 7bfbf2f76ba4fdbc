import type { ComponentChildren } from 'preact';
import type { Schemas } from '../../api/client';
import { useAnswer, type Place } from '../../host';
import { ago } from '../../parts/format';
import { Link } from '../../parts/link';
import { trans } from '../../trans';

/** Figures of the ledger, each a way to where it is told in full. */
export function State({ ledger }: { ledger: Schemas['Ledger'] }) {
  const check = useAnswer('/api/verify');
  const reviews = useAnswer('/api/reviews', { limit: 1000 }, changes => changes.all === true || (changes.reviewed?.length ?? 0) > 0);
  const result = check.data?.result;
  const said = reviews.data?.items ?? [];
  const verdict = !result ? trans.__('Not checked') : result.ok ? `✓ ${trans.__('Verified')}` : `✕ ${trans.__('Corrupt')}`;
  return (
    <ul class="gm-home-state" aria-label={trans.__('The ledger')}>
      <Figure title={trans.__('Cell executions')} figure={ledger.cells.toLocaleString('en')} to={{ view: 'timeline', params: {} }}>
        {trans._n('in %2 session', 'in %2 sessions', ledger.sessions, ledger.sessions.toLocaleString('en'))}
      </Figure>
      <Figure title={trans.__('Runs')} figure={ledger.runs.toLocaleString('en')} to={{ view: 'runs', params: {} }}>
        {trans._n('in %2 experiment', 'in %2 experiments', ledger.experiments, ledger.experiments.toLocaleString('en'))}
      </Figure>
      <Figure title={trans.__('Reviews')} figure={reviews.data ? said.length.toLocaleString('en') : '…'} to={{ view: 'review', params: {} }}>
        {said.length > 0 ? trans.__('the last %1', ago(said.at(-1)!.time)) : trans.__('nothing was said yet')}
      </Figure>
      <Figure title={trans.__('Record')} figure={verdict} look={result && (result.ok ? 'gm-home-good' : 'gm-home-bad')} to={{ view: 'verify', params: {} }}>
        {check.data?.state === 'running' ? trans.__('a check runs') : result && check.data?.finished ? ago(check.data.finished) : trans.__('since this server started')}
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
