import type { ComponentChildren } from 'preact';
import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { ago, duration, exact, short } from '../../parts/format';
import { Link } from '../../parts/link';
import { Answered } from '../../parts/states';
import { N_, trans } from '../../trans';
import { Note } from './note';
import { Artifacts, Cells, Code, Datasets, Metrics, Params, Tags, Usage } from './parts';
import { Status } from './status';

export type Run = Schemas['account.Run'];

interface Props {
  id: string;
  close(): void;
  open(run: string): void;
}

/** All that is told of a run, beside the table. */
export function RunPanel({ id, close, open }: Props) {
  const asked = useAnswer('/api/runs/{id}', { id }, changes => Boolean(changes.all || changes.runs?.some(r => r.startsWith(id) || !/^[0-9a-f]+$/.test(id))));
  return (
    <aside class="gm-run" aria-label={trans.__('Run')} onKeyDown={event => { if (event.key === 'Escape') close(); }}>
      <button class="gm-run-close" aria-label={trans.__('Close the run')} onClick={close}>×</button>
      <Answered asked={asked} what={trans.__('the run')}>{run => <Told run={run} again={asked.again} open={open} />}</Answered>
    </aside>
  );
}

function Told({ run, again, open }: { run: Run; again(): void; open(run: string): void }) {
  return (
    <>
      <Head run={run} open={open} />
      {run.stage === 'deleted' && <p class="gm-stale">{trans.__('This run was deleted. The ledger still has what it logged.')}</p>}
      <Note run={run.id} note={run.note ?? ''} written={again} />
      {run.hypothesis && <Section title={trans.__('Hypothesis')}><p dir="auto">{run.hypothesis}</p></Section>}
      {run.conclusion && <Section title={trans.__('Conclusion')}><p dir="auto">{run.conclusion}</p></Section>}
      <Metrics run={run} />
      <Params run={run} />
      <Tags run={run} />
      <Artifacts run={run} />
      <Datasets run={run} />
      <Cells run={run} />
      <Code run={run} />
      <Usage run={run} />
      {run.missing && <Section title={trans.__('Not recorded')} count={run.missing.length}><ul class="gm-run-list">{run.missing.slice(0, 50).map(m => <li key={m}>{m}</li>)}</ul></Section>}
    </>
  );
}

export function Section({ title, count, children }: { title: string; count?: number | undefined; children: ComponentChildren }) {
  return (
    <section class="gm-run-section" aria-label={title}>
      <h3>{title} {count !== undefined && <span class="gm-dim">{count.toLocaleString('en')}</span>}</h3>
      {children}
    </section>
  );
}

function Head({ run, open }: { run: Run; open(run: string): void }) {
  const facts: [string, ComponentChildren][] = [
    [N_('Id'), <code>{run.id}</code>],
    [N_('Experiment'), <bdi>{run.experiment}</bdi>],
    [N_('Started'), run.started && <span title={exact(run.started)}>{ago(run.started)} · {exact(run.started)}</span>],
    [N_('Duration'), run.took_ns ? duration(run.took_ns) : undefined],
    [N_('User'), run.user],
    [N_('Source'), run.source && <bdi>{run.source}</bdi>],
    [N_('Parent'), run.parent && <button class="gm-link" onClick={() => open(run.parent!)}><code>{short(run.parent)}</code></button>],
    [N_('Children'), run.children?.length && run.children.slice(0, 20).map(c => <button key={c} class="gm-link gm-run-child" onClick={() => open(c)}><code>{short(c)}</code></button>)],
  ];
  return (
    <header class="gm-run-head">
      <h2><bdi>{run.name || short(run.id)}</bdi></h2>
      <p class="gm-run-buttons">
        <Status status={run.status} />
        <Link to={{ view: 'charts', params: { run: run.id } }}>{trans.__('Charts')}</Link>
        <Link to={{ view: 'lineage', params: { id: run.id } }}>{trans.__('Lineage')}</Link>
        <Link to={{ view: 'environment', params: { id: run.id } }}>{trans.__('Environment')}</Link>
        <Link to={{ view: 'review', params: { subject: run.id } }}>{trans.__('Review')}</Link>
      </p>
      <dl class="gm-run-facts">
        {facts.filter(([, value]) => value).map(([name, value]) => <div key={name}><dt>{trans.__(name)}</dt><dd class="gm-cut">{value}</dd></div>)}
      </dl>
    </header>
  );
}
