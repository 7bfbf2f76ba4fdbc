// How curves are drawn: which metrics, by what, on which axes, how smooth.
import { useEffect, useState } from 'preact/hooks';
import type { Place } from '../../../host';
import { N_, trans } from '../../../trans';
import { placings, type Settings } from '../settings';
import type { Shared } from './shared';

const names = { step: N_('Step'), time: N_('Wall time'), relative: N_('Relative time') };

export interface ControlsProps {
  settings: Settings;
  metrics: string[];
  shared: Shared;
  change(patch: Place['params']): void;
}

export function Controls({ settings, metrics, shared, change }: ControlsProps) {
  const toggle = (name: 'logx' | 'logy', on: boolean) => (
    <button class="gm-button" aria-pressed={on} onClick={() => change({ [name]: on ? '' : '1' })}>{name === 'logx' ? trans.__('Log x') : trans.__('Log y')}</button>
  );
  const by = (text: string): void => (shared.look(null), change({ by: text, from: '', to: '' }));
  return (
    <div class="gm-charts-controls" role="group" aria-label={trans.__('How curves are drawn')}>
      <input class="gm-input" type="search" placeholder={trans.__('Search metrics')} aria-label={trans.__('Search metrics')} value={settings.find} onInput={e => change({ find: e.currentTarget.value })} />
      <Metrics metrics={metrics} chosen={settings.metrics} change={change} />
      <label class="gm-charts-field">
        {trans.__('x by')}
        <select class="gm-select" value={settings.by} onChange={e => by(e.currentTarget.value)}>
          {placings.map(p => <option key={p} value={p}>{trans.__(names[p])}</option>)}
        </select>
      </label>
      {settings.by !== 'time' && toggle('logx', settings.logX)}
      {toggle('logy', settings.logY)}
      <label class="gm-charts-field" title={trans.__("Exponential moving average, as TensorBoard's; the values as logged stay faintly behind it")}>
        {trans.__('Smoothing')}
        <input type="range" min="0" max="0.99" step="0.01" value={settings.smooth} aria-label={trans.__('Smoothing')} onInput={e => change({ smooth: e.currentTarget.value === '0' ? '' : e.currentTarget.value })} />
        <output class="gm-num">{settings.smooth.toFixed(2)}</output>
      </label>
      <Reset shared={shared} />
    </div>
  );
}

function Reset({ shared }: { shared: Shared }) {
  const [on, set] = useState(shared.window !== null);
  useEffect(() => shared.listen(what => what === 'window' && set(shared.window !== null)), [shared]);
  return on ? <button class="gm-button" onClick={() => shared.look(null)}>{trans.__('Show all of x')}</button> : null;
}

/** Which metrics have a panel. */
function Metrics({ metrics, chosen, change }: { metrics: string[]; chosen: string[]; change: ControlsProps['change'] }) {
  const flip = (name: string): void => {
    const now = chosen.length === 0 ? metrics : chosen, next = now.includes(name) ? now.filter(n => n !== name) : [...now, name];
    change({ metric: next.length === metrics.length ? [] : next });
  };
  const all = metrics.length, some = chosen.length;
  return (
    <details class="gm-charts-menu">
      <summary class="gm-button">{some === 0 ? trans._n('The %1 metric', 'All %1 metrics', all) : trans._n('%2 of %1 metrics', '%2 of %1 metrics', all, some)}</summary>
      <div class="gm-card">
        <p><button class="gm-link" onClick={() => change({ metric: [] })}>{trans.__('All of them')}</button></p>
        {metrics.slice(0, 500).map(name => (
          <label key={name}>
            <input type="checkbox" checked={chosen.length === 0 || chosen.includes(name)} onChange={() => flip(name)} />
            <span class="gm-cut" dir="auto">{name}</span>
            <button class="gm-link" onClick={e => (e.preventDefault(), change({ metric: [name] }))} aria-label={trans.__('Only %1', name)}>{trans.__('only')}</button>
          </label>
        ))}
      </div>
    </details>
  );
}
