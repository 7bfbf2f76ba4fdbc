import { useEffect, useState } from 'preact/hooks';
import { duration } from '../../parts/format';

const states: Record<string, { title: string; look: string; means: string }> = {
  ok: { title: 'ok', look: 'good', means: 'It ran to its end.' },
  error: { title: 'error', look: 'bad', means: 'It ended with an error.' },
  interrupted: { title: 'interrupted', look: 'warn', means: 'Somebody stopped it.' },
  aborted: { title: 'not run', look: 'warn', means: 'It never ran: a cell before it in the queue failed.' },
  cut: { title: 'cut off', look: 'bad', means: 'The kernel ended while it ran.' },
  running: { title: 'running', look: 'info', means: 'It runs now.' },
};

/** How a cell execution ended. */
export function Status({ status, error }: { status: string; error?: string | undefined }) {
  const state = states[status] ?? { title: status, look: '', means: '' };
  return (
    <span class={`gm-chip gm-chip-${state.look} gm-cut`} title={error ? `${error}. ${state.means}` : state.means}>
      {status === 'running' && <span class="gm-spinner" aria-hidden="true" />}
      {state.title}
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
