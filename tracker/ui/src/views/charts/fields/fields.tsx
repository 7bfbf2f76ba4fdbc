// Charts of runs: params and metrics against each other.
import { useMemo } from 'preact/hooks';
import { Empty, Failed, Loading, Stale } from '../../../parts/states';
import { useAnswer, type Place } from '../../../host';
import { trans } from '../../../trans';
import { useRuns, type Column, type Row } from '../runs';
import type { Settings } from '../settings';
import { NoRuns } from '../charts';
import { drawable } from './choose';
import { fieldOf, usual, type Field } from './table';
import { Parallel } from './parallel';
import { Scatter } from './scatter';
import { Bars } from './bars';
import { ImportanceOf } from './importance';

export interface FieldsProps {
  rows: Row[];
  columns: Column[];
  settings: Settings;
  change(patch: Place['params']): void;
  /** The fields that the chart shows, by name. */
  fields: Map<string, Field>;
  /** What is shown where the address names nothing. */
  names: Names;
}

/** The fields that a chart shows: those of the address, or the usual ones. */
export interface Names {
  axes: string[];
  x: string;
  y: string;
  color: string;
  group: string;
}

function namesOf(s: Settings, columns: Column[]): Names {
  const metrics = usual(columns, 0, 2), params = usual(columns, 30, 0), y = s.y || metrics[0] || params[0] || 'duration';
  const axes = s.axes.length > 0 ? s.axes : s.kind === 'importance' ? params : [...params.slice(0, 7), ...metrics];
  return { axes, y, x: s.x || params.find(p => columns.some(c => c.name === p && c.type === 'number')) || params[0] || 'duration', color: s.color || metrics[0] || '', group: s.group };
}

/** Which fields a kind of chart needs. */
const needs: Record<Settings['kind'], (n: Names) => string[]> = {
  curves: () => [],
  parallel: n => [...n.axes, n.color],
  scatter: n => [n.x, n.y, n.color],
  bars: n => [n.y, n.group],
  importance: n => [...n.axes, n.y],
};
const charts = { parallel: Parallel, scatter: Scatter, bars: Bars, importance: ImportanceOf };

export function Fields({ settings, change }: { settings: Settings; change(patch: Place['params']): void }) {
  const answer = useAnswer('/api/runs/columns', { limit: 1000 });
  const columns = useMemo(() => drawable(answer.data?.items ?? []), [answer.data]);
  const names = useMemo(() => namesOf(settings, columns), [columns, JSON.stringify(settings)]);
  const wanted = columns.filter(c => needs[settings.kind](names).includes(c.name));
  const asked = wanted.filter(c => c.space !== 'attributes' && !c.key.includes(',')).map(c => c.asked);
  const { rows, error, again } = useRuns(settings, answer.data === undefined ? null : asked.length > 0 ? asked : ['none']);
  const fields = useMemo(() => new Map(wanted.map(c => [c.name, fieldOf(rows ?? [], c)])), [rows, wanted.map(c => c.name).join()]);
  if (answer.error && answer.data === undefined) return <Failed error={answer.error} again={answer.again} />;
  if (rows === undefined) return error ? <Failed error={error} again={again} /> : <Loading what={trans.__('runs')} />;
  if (rows.length === 0) return <NoRuns settings={settings} />;
  if (columns.length === 0) return <Empty title={trans.__('These runs have no params and no metrics')} />;
  if (settings.kind === 'curves') return null;
  const Chart = charts[settings.kind];
  return (
    <>
      {error && <Stale error={error} again={again} />}
      <Chart rows={rows} columns={columns} settings={settings} change={change} fields={fields} names={names} />
    </>
  );
}
