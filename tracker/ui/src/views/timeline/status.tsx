import { useEffect, useState } from 'preact/hooks';
import { duration } from '../../parts/format';
import { N_, trans } from '../../trans';

const states: Record<string, { title: string; look: string; means: string }> = {
  ok: { title: N_('ok'), look: 'good', means: N_('It ran to its end.') },
  error: { title: N_('error'), look: 'bad', means: N_('It ended with an error.') },
  interrupted: { title: N_('interrupted'), look: 'warn', means: N_('Somebody stopped it.') },
  aborted: { title: N_('not run'), look: 'warn', means: N_('It never ran: a cell before it in the queue failed.') },
  cut: { title: N_('cut off'), look: 'bad', means: N_('The kernel ended while it ran.') },
  running: { title: N_('running'), look: 'info', means: N_('It runs now.') },
};

/** How a cell execution ended. */
export function Status({ status, error }: { status: string; error?: string | undefined }) {
  const state = states[status];
  const means = state ? trans.__(state.means) : '';
  return (
    <span class={`gm-chip gm-chip-${state?.look ?? ''} gm-cut`} title={error ? `${error}. ${means}` : means}>
      {status === 'running' && <span class="gm-spinner" aria-hidden="true" />}
      {state ? trans.__(state.title) : status}
    </span>
  );
}

/** How long something that runs has taken so far. */
export function Elapsed({ since }: { since: string }) {
  const [now, set] = useState(Date.now);
  useEffect(() => {
    const clock = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(clock);
  }, []);
  return <>{duration(Math.max(0, now - Date.parse(since)) * 1e6)}</>;
}
