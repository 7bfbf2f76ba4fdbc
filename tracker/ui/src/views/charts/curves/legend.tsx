// The runs: how each looks, whether it is drawn; the one that is pointed at stands out in all panels.
import { Link } from '../../../parts/link';
import type { Place } from '../../../host';
import { trans } from '../../../trans';
import type { Row } from '../runs';
import type { Settings } from '../settings';
import { Sign } from '../look';
import type { Shared } from './shared';

export interface LegendProps {
  rows: Row[];
  settings: Settings;
  shared: Shared;
  change(patch: Place['params']): void;
}

export function Legend({ rows, settings, shared, change }: LegendProps) {
  const off = new Set(settings.off), shown = rows.filter(r => !off.has(r.id)).length;
  const toggle = (id: string): void => change({ off: off.has(id) ? settings.off.filter(o => o !== id) : [...settings.off, id] });
  const only = (id: string): void => change({ off: rows.filter(r => r.id !== id).map(r => r.id) });
  return (
    <aside class="gm-charts-legend" aria-label={trans.__('Runs')}>
      <header>
        <strong>{shown === rows.length ? trans._n('%1 run', '%1 runs', shown) : trans._n('%2 of %1 runs', '%2 of %1 runs', rows.length, shown)}</strong>
        <button class="gm-link" onClick={() => change({ off: shown === rows.length ? rows.map(r => r.id) : [] })}>{shown === rows.length ? trans.__('Hide all') : trans.__('Show all')}</button>
      </header>
      <ul onPointerLeave={() => shared.highlight(null)}>
        {rows.map((row, place) => (
          <li key={row.id} class={off.has(row.id) ? 'gm-charts-off' : ''} onPointerEnter={() => shared.highlight(off.has(row.id) ? null : row.id)}>
            <label title={trans.__('%1: %2. Double click shows it alone.', row.name, row.status)} onDblClick={() => only(row.id)}>
              <input type="checkbox" checked={!off.has(row.id)} onChange={() => toggle(row.id)} onFocus={() => shared.highlight(row.id)} onBlur={() => shared.highlight(null)} />
              <Sign place={place} />
              <span class="gm-cut" dir="auto">{row.name}</span>
            </label>
            {row.status === 'running' && <span class="gm-charts-live" title={trans.__('running')} role="img" aria-label={trans.__('running')} />}
            <Link to={{ view: 'runs', params: { run: row.id } }} label={trans.__('Open %1', row.name)}>↗</Link>
          </li>
        ))}
      </ul>
      <p class="gm-charts-hint gm-dim">{trans.__('Drag to zoom, with Shift to move. The wheel zooms a chart that was clicked. Double click shows all.')}</p>
    </aside>
  );
}
