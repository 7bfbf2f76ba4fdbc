import { useRef, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer, useHost, type Place } from '../../host';
import { exact } from '../../parts/format';
import { Link } from '../../parts/link';
import { Answered, Empty } from '../../parts/states';
import { trans } from '../../trans';
import { Cells } from './cells';
import { Data } from './data';
import { Find, fits } from './find';
import { Metrics, Texts } from './keys';

type Difference = Schemas['account.Difference'];

/** What differs between two runs, sessions or cell executions. */
export function Pair({ a, b }: { a: string; b: string }) {
  const host = useHost();
  const [all, setAll] = useState(false);
  const asked = useAnswer('/api/compare', { a, b, all }, changes => Boolean(changes.all || changes.runs?.some(r => r === a || r === b)));
  const swap = (): void => host.go({ view: 'compare', params: { a: b, b: a } });
  return (
    <div class="gm-view">
      <header class="gm-head">
        <h1>{trans.__('Compare')}</h1>
        <span class="gm-space" />
        <label class="gm-compare-all"><input type="checkbox" checked={all} onChange={event => setAll(event.currentTarget.checked)} /> {trans.__('Also what was measured of the machine')}</label>
        <button class="gm-button" onClick={swap}>{trans.__('Swap')}</button>
      </header>
      <Answered asked={asked} what={trans.__('both sides')}>{difference => <Sections d={difference} a={a} b={b} />}</Answered>
    </div>
  );
}

function Side({ name, of }: { name: string; of: Difference['a'] }) {
  const to: Place = { view: of.kind === 'run' ? 'runs' : 'timeline', params: { [of.kind]: of.id } };
  return (
    <div class="gm-compare-side">
      <span class="gm-compare-letter" aria-hidden="true">{name}</span>
      <div class="gm-cut">
        <Link to={to} class="gm-compare-name"><span dir="auto">{of.name || of.id.slice(0, 8)}</span></Link>
        <p class="gm-dim gm-cut">{of.kind} {of.id.slice(0, 8)} · {of.status}{of.started ? ` · ${exact(of.started)}` : ''}</p>
      </div>
    </div>
  );
}

/** Up to so many keys are found by looking at them. */
const few = 12;

function Sections({ d, a, b }: { d: Difference; a: string; b: string }) {
  const body = useRef<HTMLDivElement>(null);
  const [find, setFind] = useState('');
  const found = <T extends { key: string }>(space: string, rows: T[] | null | undefined): T[] => (rows ?? []).filter(r => fits(`${space}.${r.key}`, find));
  const params = found('params', d.params), metrics = found('metrics', d.metrics), tags = found('tags', d.tags);
  const cells = useAnswer('/api/compare/cells', { a, b, limit: 20 });
  const data = useAnswer('/api/compare/data', { a, b, limit: 100 });
  const keys = (d.params?.length ?? 0) + (d.metrics?.length ?? 0) + (d.tags?.length ?? 0);
  const finding = keys > few || find !== ''; // keys may become few while they are looked for
  const environment = (d.environment ?? []).map(f => ({ key: f.name, a: f.was ?? null, b: f.is ?? null }));
  const texts = (rows: Difference['facts']) => (of: string) => <Texts rows={rows ?? []} of={of} />;
  const sections = [
    { id: 'facts', title: trans.__('About'), count: d.facts?.length, show: texts(d.facts) },
    { id: 'params', title: trans.__('Params'), count: params.length, show: texts(params) },
    { id: 'metrics', title: trans.__('Metrics'), count: metrics.length, show: () => <Metrics rows={metrics} /> },
    { id: 'tags', title: trans.__('Tags'), count: tags.length, show: texts(tags) },
    { id: 'cells', title: trans.__('Cells'), count: cells.data?.total, show: () => <Cells asked={cells} a={a} b={b} /> },
    { id: 'data', title: trans.__('Data'), count: data.data?.total, show: () => <Data asked={data} a={a} b={b} /> },
    { id: 'datasets', title: trans.__('Datasets'), count: d.datasets?.length, show: texts(d.datasets) },
    { id: 'artifacts', title: trans.__('Artifacts'), count: d.artifacts?.length, show: texts(d.artifacts) },
    { id: 'code', title: trans.__('Code state'), count: d.code?.length, show: texts(d.code) },
    { id: 'environment', title: trans.__('Environment'), count: environment.length, show: texts(environment) },
  ].filter(s => s.count);
  const jump = (id: string): void => body.current?.querySelector(`#gm-compare-${id}`)?.scrollIntoView({ block: 'start' });
  return (
    <div class="gm-body gm-compare" ref={body}>
      <div class="gm-compare-sides"><Side name="A" of={d.a} /><Side name="B" of={d.b} /></div>
      {(sections.length > 1 || finding) && (
        <nav class="gm-compare-nav" aria-label={trans.__('Differences')}>
          {finding && <Find find={find} onFind={setFind} />}
          {sections.map(s => <button key={s.id} class="gm-chip" onClick={() => jump(s.id)}>{s.title} <strong>{s.count}</strong></button>)}
        </nav>
      )}
      {sections.map(s => (
        <section key={s.id} id={`gm-compare-${s.id}`} aria-labelledby={`gm-compare-${s.id}-title`}>
          <h2 id={`gm-compare-${s.id}-title`}>{s.title} <span class="gm-dim">{s.count}</span></h2>
          {s.show(s.title)}
        </section>
      ))}
      {find !== '' && params.length + metrics.length + tags.length === 0 && <p class="gm-dim" role="status">{trans.__('No key that differs is called so.')}</p>}
      {sections.length === 0 && find === '' && !cells.loading && !data.loading && (
        <Empty title={d.a.id === d.b.id ? trans.__('Both sides are the same one') : trans.__('No difference is known')}>
          <p>{d.a.id === d.b.id ? trans.__('Name another one for a side.') : trans.__('What was recorded of both sides is the same.')}</p>
        </Empty>
      )}
      {d.not_compared && <NotCompared list={d.not_compared} />}
    </div>
  );
}

function NotCompared({ list }: { list: string[] }) {
  return (
    <section aria-label={trans.__('Not compared')}>
      <h2>{trans.__('Not compared')} <span class="gm-dim">{list.length}</span></h2>
      <ul class="gm-compare-missing">{list.slice(0, 100).map(text => <li key={text}>{text}</li>)}</ul>
      {list.length > 100 && <p class="gm-dim">{trans.__('and %1 more', list.length - 100)}</p>}
    </section>
  );
}
