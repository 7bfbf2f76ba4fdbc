// A metric as bars: of each run, or the mean of groups of runs with the least and the greatest.
import { useMemo, useState } from 'preact/hooks';
import { number } from '../../../parts/format';
import { Link } from '../../../parts/link';
import { trans } from '../../../trans';
import type { Row } from '../runs';
import { FieldSelect } from './choose';
import type { FieldsProps } from './fields';
import type { Field } from './table';
import { valueText } from './text';

interface Bar {
  key: string;
  name: string;
  run?: string;
  value: number;
  low: number;
  high: number;
  runs: number;
}

function barsOf(rows: Row[], y: Field, group: Field | undefined): Bar[] {
  if (group === undefined) {
    return rows.flatMap((row, i) => {
      const value = y.values[i]!;
      return Number.isFinite(value) ? [{ key: row.id, name: row.name, run: row.id, value, low: value, high: value, runs: 1 }] : [];
    });
  }
  const all = new Map<number, number[]>();
  rows.forEach((_, i) => {
    const of = group.values[i]!, value = y.values[i]!;
    if (Number.isFinite(value)) all.set(of, [...(all.get(of) ?? []), value]);
  });
  return [...all].map(([of, values]) => ({
    key: String(of), name: valueText(group, of), value: values.reduce((a, b) => a + b, 0) / values.length, runs: values.length,
    low: values.reduce((a, b) => Math.min(a, b)), high: values.reduce((a, b) => Math.max(a, b)),
  }));
}

const atOnce = 50;

export function Bars({ rows, columns, fields, names, change }: FieldsProps) {
  const y = fields.get(names.y), group = fields.get(names.group);
  const [up, setUp] = useState(false), [most, setMost] = useState(atOnce);
  const bars = useMemo(() => (y ? barsOf(rows, y, group).sort((a, b) => (up ? a.value - b.value : b.value - a.value)) : []), [rows, y, group, up]);
  const low = Math.min(0, ...bars.map(b => b.low)), high = Math.max(0, ...bars.map(b => b.high)), wide = high - low || 1;
  const at = (v: number): string => `${((100 * (v - low)) / wide).toFixed(3)}%`, long = (v: number): string => `${((100 * Math.abs(v)) / wide).toFixed(3)}%`;
  const have = y
    ? trans._n('%2 of %1 runs have %3.', '%2 of %1 runs have %3.', rows.length, bars.length, y.label)
    : trans._n('%2 of %1 runs have it.', '%2 of %1 runs have it.', rows.length, bars.length);
  return (
    <div class="gm-body gm-charts-fields">
      <div class="gm-charts-row">
        <FieldSelect label={trans.__('metric')} value={names.y} columns={columns.filter(c => !fields.get(c.name)?.categories)} change={v => change({ y: v })} />
        <FieldSelect label={trans.__('by')} value={names.group} columns={columns} change={v => change({ group: v })} none={trans.__('run')} />
        <button class="gm-button" onClick={() => setUp(!up)}>{up ? trans.__('Least first') : trans.__('Greatest first')}</button>
        <span class="gm-dim">{group ? trans.__('Mean of each group; the line reaches from its least to its greatest value.') : have}</span>
      </div>
      <table class="gm-charts-bars" aria-label={group ? trans.__('%1 by %2', y?.label ?? '', group.label) : trans.__('%1 by run', y?.label ?? '')}>
        <colgroup><col class="gm-charts-col-name" /><col /><col class="gm-charts-col-value" />{group && <col class="gm-charts-col-value" />}</colgroup>
        <thead><tr class="gm-charts-heads"><th scope="col">{group?.label ?? trans.__('Run')}</th><th scope="col" aria-label={trans.__('Bar')} /><th scope="col" class="gm-num">{y?.label ?? ''}</th>{group && <th scope="col" class="gm-num">{trans.__('Runs')}</th>}</tr></thead>
        <tbody>
          {bars.slice(0, most).map(b => (
            <tr key={b.key}>
              <th scope="row" dir="auto" class="gm-cut" title={b.name}>{b.run ? <Link to={{ view: 'runs', params: { run: b.run } }}>{b.name}</Link> : b.name}</th>
              <td class="gm-charts-bar">
                <svg width="100%" height="18" aria-hidden="true" focusable="false">
                  <rect x={at(Math.min(0, b.value))} width={long(b.value)} y="2" height="14" rx="3" class="gm-charts-c1" fill="currentColor" />
                  {b.runs > 1 && <line x1={at(b.low)} x2={at(b.high)} y1="9" y2="9" stroke="var(--gm-text)" stroke-width="1.5" />}
                  {b.runs > 1 && [b.low, b.high].map((v, i) => <line key={i} x1={at(v)} x2={at(v)} y1="5" y2="13" stroke="var(--gm-text)" stroke-width="1.5" />)}
                </svg>
              </td>
              <td class="gm-num" title={String(b.value)}>{number(b.value)}</td>
              {group && <td class="gm-dim gm-num">{b.runs}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {bars.length > most && <button class="gm-button" onClick={() => setMost(most + 200)}>{trans.__('Show more of %1', bars.length)}</button>}
    </div>
  );
}
