import type { Schemas } from '../../api/client';
import { number } from '../../parts/format';
import type { TableColumn } from '../../parts/table';
import { Rows } from '../../parts/table-some';
import { absolute, relative } from './delta';

type Changed = Schemas['account.Changed'];
type ChangedMetric = Schemas['account.ChangedMetric'];

function Value({ text, look }: { text: string | null; look: string }) {
  return text === null ? <span class="gm-dim">not there</span> : <span class={look} dir="auto">{text === '' ? '(empty)' : text}</span>;
}

const texts: TableColumn<Changed>[] = [
  { id: 'key', title: 'Name', width: 260, show: r => <span dir="auto">{r.key}</span>, text: r => r.key },
  { id: 'a', title: 'A', width: 380, show: r => <Value text={r.a} look="gm-compare-a" />, text: r => r.a ?? undefined },
  { id: 'b', title: 'B', width: 380, show: r => <Value text={r.b} look="gm-compare-b" />, text: r => r.b ?? undefined },
];

/** Named texts that differ. */
export function Texts({ rows, of }: { rows: Changed[]; of: string }) {
  return <Rows rows={rows} columns={texts} of={of} keyOf={r => r.key} />;
}

const figure = (value: ChangedMetric['a']) => (value === null ? <span class="gm-dim">not there</span> : number(Number(value)));

const metrics: TableColumn<ChangedMetric>[] = [
  { id: 'key', title: 'Metric', width: 260, show: r => <span dir="auto">{r.key}</span>, text: r => r.key },
  { id: 'a', title: 'A, last', width: 140, right: true, show: r => figure(r.a), text: r => (r.a === null ? undefined : String(r.a)) },
  { id: 'b', title: 'B, last', width: 140, right: true, show: r => figure(r.b), text: r => (r.b === null ? undefined : String(r.b)) },
  { id: 'delta', title: 'B − A', width: 130, right: true, show: r => (r.a === null || r.b === null ? '' : absolute(r.a, r.b)), text: r => (r.delta === undefined ? undefined : String(r.delta)) },
  { id: 'relative', title: 'of A', width: 110, right: true, show: r => (r.a === null || r.b === null ? '' : relative(r.a, r.b)) },
  { id: 'points', title: 'Points', width: 130, right: true, show: r => (r.a_points === r.b_points ? r.a_points.toLocaleString('en') : `${r.a_points.toLocaleString('en')} → ${r.b_points.toLocaleString('en')}`) },
];

/** Metrics that differ: their last values and how far they are apart. */
export function Metrics({ rows }: { rows: ChangedMetric[] }) {
  return <Rows rows={rows} columns={metrics} of="Metrics" keyOf={r => r.key} />;
}
