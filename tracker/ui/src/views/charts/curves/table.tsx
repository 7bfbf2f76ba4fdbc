// The values of a panel as a table, for readers who do not see the chart, and for those who want figures.
import { useEffect, useState } from 'preact/hooks';
import { number } from '../../../parts/format';
import { trans } from '../../../trans';
import { Sign } from '../look';
import type { Settings } from '../settings';
import type { Line } from './line';
import type { Shared } from './shared';
import { figuresOf, placeText, pointsAt } from './values';

function useCursor(shared: Shared): number | null {
  const [cursor, set] = useState(shared.cursor);
  useEffect(() => shared.listen(what => what === 'cursor' && set(shared.cursor)), [shared]);
  return cursor;
}

export function Values({ metric, lines, settings, shared }: { metric: string; lines: Line[]; settings: Settings; shared: Shared }) {
  const cursor = useCursor(shared), at = pointsAt(lines, cursor, 0);
  return (
    <div class="gm-charts-values" tabIndex={0} role="region" aria-label={trans.__('Values of %1', metric)}>
      <table class="gm-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Run')}</th>
            <th scope="col" class="gm-num">{trans.__('First')}</th>
            <th scope="col" class="gm-num">{trans.__('Last')}</th>
            <th scope="col" class="gm-num">{trans.__('Least')}</th>
            <th scope="col" class="gm-num">{trans.__('Greatest')}</th>
            {cursor !== null && <th scope="col" class="gm-num">{trans.__('At %1', placeText(cursor, settings.by))}</th>}
          </tr>
        </thead>
        <tbody>
          {lines.map(l => {
            const f = figuresOf(l.points, false), value = l.points.y[at.get(l.run) ?? -1];
            return (
              <tr key={l.run}>
                <th scope="row" dir="auto"><span class="gm-charts-who"><Sign place={l.place} />{l.name}</span></th>
                <td class="gm-num">{number(f.first)}</td>
                <td class="gm-num" data-value={f.last} title={placeText(f.lastX, settings.by)}>{number(f.last)}</td>
                <td class="gm-num" title={placeText(f.minX, settings.by)}>{number(f.min)}</td>
                <td class="gm-num" title={placeText(f.maxX, settings.by)}>{number(f.max)}</td>
                {cursor !== null && <td class="gm-num">{value === undefined ? '–' : number(value)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
