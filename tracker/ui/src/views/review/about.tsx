import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { exact, number, short } from '../../parts/format';
import { Link } from '../../parts/link';
import { Answered } from '../../parts/states';
import { N_, trans, wordFor } from '../../trans';
import { Note } from './note';

type Match = Schemas['Match'];

/** What is reviewed. */
export function About({ match }: { match: Match }) {
  const Show = kinds[match.kind];
  return Show ? <Show id={match.id} /> : <Title kind={match.kind} name={short(match.id)} id={match.id} />;
}

function Title({ kind, name, id, status, started }: { kind: string; name: string; id: string; status?: string; started?: string | undefined }) {
  return (
    <header class="gm-about">
      <h2 dir="auto">{name}</h2>
      <p class="gm-dim">
        {wordFor(words, kind)} <span class="gm-mono" title={id}>{short(id)}</span>
        {status && <> · {status}</>}
        {started && <> · {exact(started)}</>}
      </p>
      <p class="gm-about-links">
        {kind === 'run' && <Link to={{ view: 'runs', params: { run: id } }}>{trans.__('Show the run')}</Link>}
        {kind === 'cell' && <Link to={{ view: 'timeline', params: { cell: id } }}>{trans.__('Show the cell')}</Link>}
        {kind === 'session' && <Link to={{ view: 'timeline', params: { session: id } }}>{trans.__('Show the session')}</Link>}
        <Link to={{ view: 'lineage', params: { id } }}>{trans.__('Where it came from')}</Link>
        {kind !== 'snapshot' && <Link to={{ view: 'environment', params: { id } }}>{trans.__('What it ran with')}</Link>}
      </p>
    </header>
  );
}

const words: Record<string, string> = { run: N_('Run'), cell: N_('Cell execution'), session: N_('Session'), snapshot: N_('Snapshot') };

const kinds: Record<string, (props: { id: string }) => preact.JSX.Element> = { run: Run, cell: Cell, session: Session };

function Run({ id }: { id: string }) {
  const asked = useAnswer('/api/runs/{id}', { id, fields: ['id', 'name', 'status', 'started', 'metrics', 'params', 'note', 'conclusion', 'hypothesis'] },
    changes => changes.all === true || (changes.runs ?? []).includes(id));
  return (
    <Answered asked={asked} what={trans.__('the run')}>
      {run => (
        <>
          <Title kind="run" name={run.name} id={run.id} status={run.status} started={run.started} />
          <Figures of={run} />
          <Note run={run.id} note={run.note ?? ''} written={asked.again} />
        </>
      )}
    </Answered>
  );
}

/** The first few metrics and params. */
function Figures({ of }: { of: Schemas['account.Run'] }) {
  const metrics = Object.entries(of.metrics ?? {}).slice(0, 6);
  const params = Object.entries(of.params ?? {}).slice(0, 6);
  if (metrics.length + params.length === 0) return null;
  return (
    <dl class="gm-figures">
      {metrics.map(([key, value]) => <Figure key={`m ${key}`} name={key} value={typeof value === 'number' ? number(value) : String(value)} />)}
      {params.map(([key, value]) => <Figure key={`p ${key}`} name={key} value={value} />)}
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt class="gm-cut" title={name}>{name}</dt>
      <dd class="gm-cut" title={value}>{value}</dd>
    </div>
  );
}

function Cell({ id }: { id: string }) {
  const asked = useAnswer('/api/cells/{id}', { id, outputs: false, fields: ['id', 'name', 'status', 'started', 'source'] });
  return (
    <Answered asked={asked} what={trans.__('the cell')}>
      {cell => (
        <>
          <Title kind="cell" name={cell.name} id={cell.id} status={cell.status} started={cell.started} />
          {cell.source && <pre class="gm-about-source" tabIndex={0}>{cell.source}</pre>}
        </>
      )}
    </Answered>
  );
}

function Session({ id }: { id: string }) {
  const asked = useAnswer('/api/sessions/{id}', { id, fields: ['id', 'name', 'status', 'started'] });
  return <Answered asked={asked} what={trans.__('the session')}>{s => <Title kind="session" name={s.name} id={s.id} status={s.status} started={s.started} />}</Answered>;
}
