import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { duration, exact } from '../../parts/format';
import { Link } from '../../parts/link';
import { trans } from '../../trans';
import { whoStopped } from './facts';
import { nameOf, sessionState } from './sessions';

/** What a session was: when, of which engine, how it ended, and what of it is not recorded. */
export function SessionHead({ session }: { session: Schemas['SessionRow'] }) {
  const { data } = useAnswer('/api/sessions/{id}', { id: session.id }, changes => changes.all === true || (changes.sessions?.includes(session.id) === true && !changes.kinds.every(k => k.startsWith('cell.'))));
  const now = data ?? session;
  const state = sessionState(now.status);
  const took = now.ended ? (Date.parse(now.ended) - Date.parse(now.started)) * 1e6 : undefined;
  const stops = (data?.interruptions ?? []).filter(stop => !stop.execution);
  return (
    <header class="gm-tl-session">
      <h2 class="gm-cut" dir="auto" title={now.notebook}>{nameOf(now)}</h2>
      <span class={`gm-chip gm-chip-${state.look}`} title={state.means}>{state.title}</span>
      <span class="gm-dim">{now.engine} {now.engine_version}</span>
      <span class="gm-dim" title={now.ended ? trans.__('until %1', exact(now.ended)) : ''}>
        {took === undefined ? exact(now.started) : trans.__('%1, for %2', exact(now.started), duration(took))}
      </span>
      <span class="gm-dim gm-cut gm-tl-who" title={trans.__('process %1 in %2, gemba %3', now.pid, now.dir, now.gemba)}>{now.user}@{now.host}</span>
      <span class="gm-space" />
      <span class="gm-tl-ways">
        <Link to={{ view: 'lineage', params: { id: now.id } }}>{trans.__('Lineage')}</Link>
        <Link to={{ view: 'environment', params: { id: now.id } }}>{trans.__('Environment')}</Link>
        <Link to={{ view: 'review', params: { subject: now.id } }}>{trans.__('Review')}</Link>
      </span>
      {(data?.gaps ?? []).filter(gap => !gap.execution).map((gap, i) => <p key={i} class="gm-tl-lacks" role="note">{trans.__('Not recorded: %1', gap.reason)}</p>)}
      {stops.map((stop, i) => <p key={i} class="gm-tl-note">{trans.__('Interrupted by %1 at %2, while nothing ran.', whoStopped(stop.by), exact(stop.time))}</p>)}
    </header>
  );
}
