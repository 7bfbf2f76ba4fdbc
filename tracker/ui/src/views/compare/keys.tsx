import { useMemo } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { number } from '../../parts/format';
import type { TableColumn } from '../../parts/table';
import { Rows } from '../../parts/table-some';
import { trans } from '../../trans';
import { absolute, relative } from './delta';

type Changed = Schemas['account.Changed'];
type ChangedMetric = Schemas['account.ChangedMetric'];

function Value({ text, look }: { text: string | null; look: string }) {
  return text === null ? <span class="gm-dim">{trans.__('not there')}</span> : <span class={look} dir="auto">{text === '' ? trans.__('(empty)') : text}</span>;
}

const texts = (): TableColumn<Changed>[] => [
  { id: 'key', title: trans.__('Name'), width: 260, show: r => <span dir="auto">{r.key}</span>, text: r => r.key },
  { id: 'a', title: 'A', width: 380, show: r => <Value text={r.a} look="gm-compare-a" />, text: r => r.a ?? undefined },
  { id: 'b', title: 'B', width: 380, show: r => <Value text={r.b} look="gm-compare-b" />, text: r => r.b ?? undefined },
];

/** Named texts that differ. */
export function Texts({ rows, of }: { rows: Changed[]; of: string }) {
  const columns = useMemo(texts, []);
  return <Rows rows={rows} columns={columns} of={of} keyOf={r => r.key} />;
}

const figure = (value: ChangedMetric['a']) => (value === null ? <span class="gm-dim">{trans.__('not there')}</span> : number(Number(value)));

const metrics = (): TableColumn<ChangedMetric>[] => [
  { id: 'key', title: trans.__('Metric'), width: 260, show: r => <span dir="auto">{r.key}</span>, text: r => r.key },
  { id: 'a', title: trans.__('A, last'), width: 140, right: true, show: r => figure(r.a), text: r => (r.a === null ? undefined : String(r.a)) },
  { id: 'b', title: trans.__('B, last'), width: 140, right: true, show: r => figure(r.b), text: r => (r.b === null ? undefined : String(r.b)) },
  { id: 'delta', title: 'B − A', width: 130, right: true, show: r => (r.a === null || r.b === null ? '' : absolute(r.a, r.b)), text: r => (r.delta === undefined ? undefined : String(r.delta)) },
  { id: 'relative', title: trans.__('of A'), width: 110, right: true, show: r => (r.a === null || r.b === null ? '' : relative(r.a, r.b)) },
  { id: 'points', title: trans.__('Points'), width: 130, right: true, show: r => (r.a_points === r.b_points ? r.a_points.toLocaleString('en') : `${r.a_points.toLocaleString('en')} → ${r.b_points.toLocaleString('en')}`) },
];

/** Metrics that differ: their last values and how far they are apart. */
export function Metrics({ rows }: { rows: ChangedMetric[] }) {
  const columns = useMemo(metrics, []);
  return <Rows rows={rows} columns={columns} of={trans.__('Metrics')} keyOf={r => r.key} />;
}
