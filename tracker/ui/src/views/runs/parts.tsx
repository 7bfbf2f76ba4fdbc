// What a run logged, and what of it was recorded around it.
import { useMemo } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { bytes, duration, exact, number, short } from '../../parts/format';
import { Link } from '../../parts/link';
import { Save } from '../../parts/output/bytes';
import type { TableColumn } from '../../parts/table';
import { Rows } from '../../parts/table-some';
import { N_, trans } from '../../trans';
import { figure } from './fields';
import { Section, type Run } from './panel';

type Series = Schemas['account.Series'];
type Param = Schemas['account.Param'];
type Artifact = Schemas['account.Artifact'];

const metrics = (): TableColumn<Series>[] => [
  { id: 'key', title: trans.__('Metric'), width: 200, show: s => <bdi>{s.key}</bdi>, text: s => s.key },
  { id: 'last', title: trans.__('Last'), width: 100, right: true, show: s => figure(s.last), text: s => String(s.last) },
  { id: 'min', title: trans.__('Min'), width: 100, right: true, show: s => figure(s.min), text: s => (s.min === null ? undefined : String(s.min)) },
  { id: 'max', title: trans.__('Max'), width: 100, right: true, show: s => figure(s.max), text: s => (s.max === null ? undefined : String(s.max)) },
  { id: 'points', title: trans.__('Points'), width: 80, right: true, show: s => s.points.toLocaleString('en'), text: s => trans.__('the last at step %1, %2', s.step, exact(s.time)) },
];

export function Metrics({ run }: { run: Run }) {
  const columns = useMemo(metrics, []);
  const own = (run.series ?? []).filter(s => !s.key.startsWith('system/'));
  const machine = (run.series ?? []).filter(s => s.key.startsWith('system/'));
  return (
    <>
      {own.length > 0 && <Section title={trans.__('Metrics')} count={own.length}><Rows rows={own} columns={columns} of={trans.__('Metrics')} keyOf={s => s.key} /></Section>}
      {machine.length > 0 && <Section title={trans.__('Measured of the machine')} count={machine.length}><Rows rows={machine} columns={columns} of={trans.__('Measured of the machine')} keyOf={s => s.key} /></Section>}
    </>
  );
}

const texts = (title: string): TableColumn<{ key: string; value: string }>[] => [
  { id: 'key', title, width: 220, show: p => <bdi>{p.key}</bdi>, text: p => p.key },
  { id: 'value', title: trans.__('Value'), width: 320, show: p => <span class="gm-run-value" dir="auto">{p.value}</span>, text: p => p.value },
];

export function Params({ run }: { run: Run }) {
  const columns = useMemo(() => texts(trans.__('Param')), []);
  const list: Param[] = run.param_list ?? [];
  return list.length ? <Section title={trans.__('Params')} count={list.length}><Rows rows={list} columns={columns} of={trans.__('Params')} keyOf={p => p.key} /></Section> : null;
}

const shownElsewhere = ['mlflow.note.content', 'gemba.hypothesis', 'gemba.conclusion'];

export function Tags({ run }: { run: Run }) {
  const columns = useMemo(() => texts(trans.__('Tag')), []);
  const list = Object.entries(run.tags ?? {}).filter(([key]) => !shownElsewhere.includes(key)).map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return list.length ? <Section title={trans.__('Tags')} count={list.length}><Rows rows={list} columns={columns} of={trans.__('Tags')} keyOf={t => t.key} /></Section> : null;
}

/** An artifact's path; the bytes can be saved, of a file. */
function Path({ of }: { of: Artifact }) {
  if (!of.digest) return <span class="gm-mono" dir="auto">{of.path}</span>;
  const name = of.path.split('/').pop() || 'artifact';
  return <Save path={`/api/blobs/${encodeURIComponent(of.digest)}`} name={name}>{of.path}</Save>;
}

const artifacts = (): TableColumn<Artifact>[] => [
  { id: 'path', title: trans.__('Artifact'), width: 280, text: a => a.path, show: a => <Path of={a} /> },
  { id: 'type', title: trans.__('Type'), width: 120, show: a => a.type ?? a.media ?? '' },
  { id: 'size', title: trans.__('Size'), width: 100, right: true, show: a => (a.files ? trans._n('%2 file, %3', '%2 files, %3', a.files, a.files.toLocaleString('en'), bytes(a.bytes)) : bytes(a.bytes)) },
];

export function Artifacts({ run }: { run: Run }) {
  const columns = useMemo(artifacts, []);
  const list = run.artifacts ?? [];
  return list.length ? <Section title={trans.__('Artifacts')} count={list.length}><Rows rows={list} columns={columns} of={trans.__('Artifacts')} keyOf={a => a.path} /></Section> : null;
}

export function Datasets({ run }: { run: Run }) {
  const list = run.inputs ?? [];
  return list.length ? (
    <Section title={trans.__('Datasets')} count={list.length}>
      <ul class="gm-run-list">{list.map(d => <li key={d.input + d.digest}><bdi>{d.input}</bdi> <code class="gm-dim">{short(d.digest)}</code></li>)}</ul>
    </Section>
  ) : null;
}

export function Cells({ run }: { run: Run }) {
  const list = run.cells ?? [];
  const told = new Set(run.told);
  const shown = list.slice(-50);
  return list.length ? (
    <Section title={trans.__('Cells')} count={list.length}>
      <ul class="gm-run-list">
        {shown.map(c => (
          <li key={c.id} class="gm-run-cell">
            <Link to={{ view: 'timeline', params: { session: c.session, cell: c.id } }} class="gm-cut"><code dir="auto">{c.name}</code></Link>
            <span class="gm-dim">{told.has(c.id) ? trans.__('logged to it · %1 · %2', c.status, duration(c.wall_ns)) : `${c.status} · ${duration(c.wall_ns)}`}</span>
          </li>
        ))}
      </ul>
      {list.length > shown.length && <p class="gm-dim">{trans.__('and %1 before them', list.length - shown.length)}</p>}
    </Section>
  ) : null;
}

export function Code({ run }: { run: Run }) {
  const last = run.code?.[run.code.length - 1];
  if (!last) return null;
  return (
    <Section title={trans.__('Code')}>
      <p>
        {last.branch && <span class="gm-chip"><bdi>{last.branch}</bdi></span>} {last.commit && <code title={last.commit}>{short(last.commit)}</code>}{' '}
        {last.dirty > 0 && <span class="gm-chip gm-chip-warn">{trans._n('%1 changed file', '%1 changed files', last.dirty)}</span>} {last.missing}
      </p>
    </Section>
  );
}

export function Usage({ run }: { run: Run }) {
  const u = run.usage;
  if (!u) return null;
  const facts: [string, string | undefined][] = [
    [N_('CPU time'), u.user_cpu_ns !== undefined ? duration(u.user_cpu_ns + (u.system_cpu_ns ?? 0)) : undefined],
    [N_('Memory, at most'), u.memory ? bytes(u.memory) : undefined],
    [N_('Read'), u.disk_read ? bytes(u.disk_read) : undefined], [N_('Written'), u.disk_written ? bytes(u.disk_written) : undefined],
    [N_('Energy'), u.energy_j ? `${number(u.energy_j)} J` : undefined], [N_('GPU energy'), u.gpu_energy_j ? `${number(u.gpu_energy_j)} J` : undefined],
  ];
  return <Section title={trans.__('Used')}><dl class="gm-run-facts">{facts.filter(([, v]) => v).map(([name, v]) => <div key={name}><dt>{trans.__(name)}</dt><dd>{v}</dd></div>)}</dl></Section>;
}
