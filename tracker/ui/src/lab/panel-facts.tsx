// What the side panel says of the run that a notebook logs to, and of the ledger.
import { useEffect, useState } from 'preact/hooks';
import { useAnswer, useHost } from '../host';
import type { Schemas } from '../api/client';
import { Link } from '../parts/link';
import { Answered } from '../parts/states';
import { ago, exact, number } from '../parts/format';
import { trans } from '../trans';
import { wordOf } from '../views/runs/status';
import { Part } from './panel';

type Run = Schemas['account.Run'];

/** How many params and metrics are told. */
const told = 5;

/** The newest run that a session of the notebook logged to; nothing when it did not log. */
export function RunNow({ session }: { session: string }) {
  const runs = useAnswer('/api/runs', { filter: `session = '${session}'`, limit: 1, fields: ['id'] }, changes => Boolean(changes.all || changes.runs?.length));
  const id = runs.data?.items?.[0]?.id;
  const run = useAnswer(id === undefined ? null : '/api/runs/{id}', { id: id ?? '' }, changes => Boolean(changes.all || (id && changes.runs?.includes(id))));
  if (id === undefined || run.data === undefined) return null;
  return (
    <Part title={trans.__('Run')}>
      <Link to={{ view: 'runs', params: { run: id } }}>{run.data.name}</Link> <span class="gm-dim">{wordOf(run.data.status)}</span>
      <dl class="gm-lab-facts">{factsOf(run.data).map(([name, value]) => [<dt class="gm-cut" title={name}>{name}</dt>, <dd class="gm-cut" title={value}>{value}</dd>])}</dl>
    </Part>
  );
}

function factsOf(run: Run): [string, string][] {
  const metrics = Object.entries(run.metrics ?? {}).map(([name, v]): [string, string] => [name, typeof v === 'number' ? number(v) : v]);
  return [...metrics.slice(0, told), ...Object.entries(run.params ?? {}).slice(0, told)];
}

/** What the last check of the ledger found, and a way to have another. */
export function Check() {
  const host = useHost();
  const [failed, setFailed] = useState<Error>();
  const check = useAnswer('/api/verify', {}, changes => Boolean(changes.all));
  const running = check.data?.state === 'running';
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(check.again, 1000);
    return () => clearInterval(timer);
  }, [running, check.again]);
  const start = (): void => {
    host.client.send('POST', '/api/verify').then(() => (setFailed(undefined), check.again()), setFailed);
  };
  return (
    <Answered asked={check} what={trans.__('the last check')}>
      {v => (
        <>
          <p class="gm-lab-check">
            <Standing check={v} />
          </p>
          {failed && <p class="gm-lab-bad" role="alert">{failed.message}</p>}
          <p>
            <button class="gm-button" disabled={running} onClick={start}>{trans.__('Check every byte')}</button>{' '}
            <Link to={{ view: 'verify', params: {} }}>{trans.__('What that proves')}</Link>
          </p>
        </>
      )}
    </Answered>
  );
}

function Standing({ check }: { check: Schemas['Verification'] }) {
  if (check.state === 'running') return <span class="gm-chip gm-chip-info">◌ {trans.__('checking…')}</span>;
  if (check.error) return <span class="gm-chip gm-chip-bad">✕ {check.error.message}</span>;
  if (!check.result) return <span class="gm-dim">{trans.__('Not checked yet.')}</span>;
  const when = check.finished && <span class="gm-dim" title={exact(check.finished)}>{ago(check.finished)}</span>;
  return check.result.ok
    ? <><span class="gm-chip gm-chip-good">✓ {trans.__('whole and unchanged')}</span> {when}</>
    : <><span class="gm-chip gm-chip-bad">✕ {trans.__('damaged')}</span> {when}</>;
}
