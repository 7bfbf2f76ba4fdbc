// The view: what is shown of which runs.
import { useEffect, useState } from 'preact/hooks';
import { Empty, Failed, Loading, Stale } from '../../parts/states';
import { Link } from '../../parts/link';
import type { Place } from '../../host';
import { N_, trans } from '../../trans';
import { Curves } from './curves/curves';
import { Fields } from './fields/fields';
import { useRuns } from './runs';
import { kinds, useSettings, type Kind, type Settings } from './settings';

const titles: Record<Kind, string> = { curves: N_('Curves'), parallel: N_('Parallel coordinates'), scatter: N_('Scatter'), bars: N_('Bars'), importance: N_('Importance') };

export function Charts({ params }: { params: Place['params'] }) {
  const { settings, change } = useSettings(params);
  return (
    <div class="gm-view gm-charts">
      <header class="gm-head">
        <h1>{trans.__('Charts')}</h1>
        <nav class="gm-charts-kinds" aria-label={trans.__('Kinds of charts')}>
          {kinds.map(kind => (
            <button key={kind} class="gm-button" aria-pressed={kind === settings.kind} onClick={() => change({ chart: kind === 'curves' ? '' : kind, newest: '' })}>{trans.__(titles[kind])}</button>
          ))}
        </nav>
        <span class="gm-space" />
        <Choice settings={settings} change={change} />
      </header>
      {settings.kind === 'curves' ? <CurvesOf settings={settings} change={change} /> : <Fields settings={settings} change={change} />}
    </div>
  );
}

type Change = (patch: Place['params']) => void;

function CurvesOf({ settings, change }: { settings: Settings; change: Change }) {
  const { rows, error, again } = useRuns(settings);
  if (rows === undefined) return error ? <Failed error={error} again={again} /> : <Loading what={trans.__('runs')} />;
  return (
    <>
      {error && <Stale error={error} again={again} />}
      {rows.length === 0 ? <NoRuns settings={settings} /> : <Curves rows={rows} settings={settings} change={change} />}
    </>
  );
}

export function NoRuns({ settings }: { settings: Settings }) {
  if (settings.runs.length > 0) return <Empty title={trans.__('The chosen runs are not in this ledger')}>{trans.__('They may have been removed.')} <Link to={{ view: 'runs', params: {} }}>{trans.__('Choose others')}</Link></Empty>;
  if (settings.filter) return <Empty title={trans.__('No run is so')}>{trans.__('Nothing in this ledger fits the filter.')}</Empty>;
  return <Empty title={trans.__('There are no runs yet')}>{trans.__('A notebook or program that logs a metric begins one; its curves appear here while it runs.')}</Empty>;
}

/** Which runs: those that were chosen elsewhere, or the newest, of a filter. */
function Choice({ settings, change }: { settings: Settings; change: Change }) {
  const [filter, set] = useState(settings.filter);
  useEffect(() => set(settings.filter), [settings.filter]);
  if (settings.runs.length > 0) {
    return (
      <span class="gm-charts-choice">
        {trans._n('%1 chosen run', '%1 chosen runs', settings.runs.length)}
        <button class="gm-button" onClick={() => change({ run: [], off: [] })}>{trans.__('The newest instead')}</button>
      </span>
    );
  }
  const numbers = settings.kind === 'curves' ? [5, 10, 25, 50, 100, 250] : [100, 1000, 5000, 10000];
  return (
    <form class="gm-charts-choice" onSubmit={e => (e.preventDefault(), change({ filter, off: [] }))}>
      <input class="gm-input gm-mono" placeholder={trans.__('Filter: %1', 'metrics.loss < 0.5')} aria-label={trans.__('Filter of runs')} value={filter} onInput={e => set(e.currentTarget.value)} onBlur={() => filter !== settings.filter && change({ filter, off: [] })} />
      <label class="gm-charts-field">
        {trans.__('newest')}
        <select class="gm-select" value={String(settings.newest)} onChange={e => change({ newest: e.currentTarget.value, off: [] })}>
          {[...new Set([...numbers, settings.newest])].sort((a, b) => a - b).map(n => <option key={n} value={String(n)}>{n}</option>)}
        </select>
      </label>
    </form>
  );
}
