// Which params a metric depends on: by themselves (rank correlation) and together with others (a random forest).
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Empty, Loading } from '../../../parts/states';
import { Link } from '../../../parts/link';
import { trans } from '../../../trans';
import { FieldSelect } from './choose';
import type { FieldsProps } from './fields';
import { importance, type Importance } from './forest';
import { spearman } from './stats';
import type { Field } from './table';
import { correlation } from './text';

const least = 10, mostRuns = 1500, mostParams = 30;

/** Runs that have the metric, spread over all of them when they are too many, and params that vary among them. */
function sampleOf(fields: Map<string, Field>, axes: string[], y: Field): { params: Field[]; x: Float64Array[]; target: Float64Array; of: number } {
  const have = Array.from(y.values.keys()).filter(i => Number.isFinite(y.values[i]!)), every = Math.max(1, have.length / mostRuns);
  const rows = Array.from({ length: Math.min(have.length, mostRuns) }, (_, k) => have[Math.floor(k * every)]!);
  const params = axes.flatMap(name => (name === y.name || !fields.get(name) ? [] : [fields.get(name)!])).filter(f => f.min < f.max).slice(0, mostParams);
  const lacking = (f: Field, v: number): number => (Number.isFinite(v) ? v : f.min - 1); // what has no value is a value of its own
  return { params, x: params.map(f => Float64Array.from(rows, i => lacking(f, f.values[i]!))), target: Float64Array.from(rows, i => y.values[i]!), of: have.length };
}

export function ImportanceOf({ rows, columns, fields, names, change }: FieldsProps) {
  const y = fields.get(names.y);
  const sample = useMemo(() => (y ? sampleOf(fields, names.axes, y) : null), [fields, names, y]);
  const [found, set] = useState<{ of: typeof sample; result: Importance } | null>(null);
  useEffect(() => {
    if (sample === null || sample.target.length < least || sample.params.length === 0) return;
    let ended = false;
    const rest = (): Promise<void> => new Promise((go, stop) => setTimeout(() => (ended ? stop(new Error('ended')) : go())));
    importance(sample.x, sample.target, rest).then(result => set({ of: sample, result }), () => undefined);
    return () => void (ended = true);
  }, [sample]);
  const choose = (
    <div class="gm-charts-row">
      <FieldSelect label={trans.__('metric')} value={names.y} columns={columns.filter(c => c.space === 'metrics')} change={v => change({ y: v })} />
      <span class="gm-dim">{trans._n('of %2 runs', 'of %2 runs', rows.length, rows.length.toLocaleString('en'))}</span>
    </div>
  );
  const why = sample === null ? trans.__('There is no such metric') : sample.params.length === 0 ? trans.__('No param differs among these runs') : sample.target.length < least ? tooFew(sample.target.length) : null;
  if (why !== null) return <div class="gm-body">{choose}<Empty title={why} /></div>;
  return (
    <div class="gm-body gm-charts-fields">
      {choose}
      {found?.of === sample ? <Result params={sample!.params} x={sample!.x} target={sample!.target} of={sample!.of} result={found!.result} y={y!} /> : <Loading what={trans.__('what the metric depends on')} />}
    </div>
  );
}

function tooFew(n: number): string {
  return trans._n('Only %1 run has it: %2 are the least that say something', 'Only %1 runs have it: %2 are the least that say something', n, least);
}

function Result({ params, x, target, of, result, y }: { params: Field[]; x: Float64Array[]; target: Float64Array; of: number; result: Importance; y: Field }) {
  const sum = result.columns.reduce((a, b) => a + b, 0) || 1;
  const list = params.map((f, i) => ({ f, part: result.columns[i]! / sum, rho: f.categories ? NaN : spearman(x[i]!, target) })).sort((a, b) => b.part - a.part);
  const weak = result.explained < 0.3, percent = Math.round(100 * result.explained), n = target.length;
  const together = n < of
    ? trans._n('Both tell what goes together in these %2 of %1 runs, not what causes what.', 'Both tell what goes together in these %2 of %1 runs, not what causes what.', of, n)
    : trans._n('Both tell what goes together in these %1 runs, not what causes what.', 'Both tell what goes together in these %1 runs, not what causes what.', n);
  return (
    <>
      <table class="gm-table gm-charts-importance" aria-label={trans.__('Importance of params for %1', y.label)}>
        <thead><tr><th scope="col">{trans.__('Param')}</th><th scope="col">{trans.__('Importance')}</th><th scope="col" class="gm-num">{trans.__('Share')}</th><th scope="col">{trans.__('Correlation')}</th><th scope="col" class="gm-num">ρ</th></tr></thead>
        <tbody>
          {list.map(({ f, part, rho }) => (
            <tr key={f.name}>
              <th scope="row" dir="auto"><Link to={{ view: 'charts', params: { chart: 'scatter', x: f.name, y: y.name } }}>{f.label}</Link></th>
              <td class="gm-charts-bar"><svg width="100%" height="16" aria-hidden="true"><rect width={`${(100 * part).toFixed(2)}%`} y="2" height="12" rx="3" class="gm-charts-c1" fill="currentColor" /></svg></td>
              <td class="gm-num">{(100 * part).toFixed(0)} %</td>
              <td class="gm-charts-bar">
                <svg width="100%" height="16" aria-hidden="true">
                  <line x1="50%" x2="50%" y1="0" y2="16" stroke="var(--gm-line-2)" />
                  {Number.isFinite(rho) && <rect x={`${(50 + 50 * Math.min(0, rho)).toFixed(2)}%`} width={`${(50 * Math.abs(rho)).toFixed(2)}%`} y="2" height="12" class={rho < 0 ? 'gm-charts-c2' : 'gm-charts-c3'} fill="currentColor" />}
                </svg>
              </td>
              <td class="gm-num">{Number.isFinite(rho) ? correlation(rho) : f.categories ? trans.__('texts') : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class={`gm-charts-method ${weak ? 'gm-charts-weak' : 'gm-dim'}`}>
        {weak ? trans.__('Do not trust this much: params explain only %1 % of what differs.', Math.max(0, percent)) : trans.__('Params explain %1 % of what differs between runs that were kept aside.', percent)}
        {' '}{trans.__('Method: importance is how much worse a random forest (60 trees, Breiman 2001) guesses %1 of runs that a tree has not seen when a param is shuffled among them, as a share of the sum.', y.label)}
        {' '}{trans.__("Correlation is Spearman's ρ.")}
        {' '}{together}
      </p>
    </>
  );
}
