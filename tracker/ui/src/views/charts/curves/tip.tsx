// The list of values at the cursor.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { number } from '../../../parts/format';
import { trans } from '../../../trans';
import { Sign } from '../look';
import type { Settings } from '../settings';
import type { AtCursor } from './board';
import { placeText } from './values';

const most = 10;

export function Tip({ at, settings }: { at: AtCursor; settings: Settings }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const el = box.current!, stage = el.parentElement!, wide = stage.clientWidth, left = at.left + 50;
    const right = left + 16 + el.offsetWidth < wide || left < wide / 2;
    el.style.transform = `translateX(${Math.round(right ? Math.min(left + 14, wide - el.offsetWidth) : Math.max(0, left - 14 - el.offsetWidth))}px)`;
  });
  const all = at.lines
    .filter(l => at.at.has(l.run))
    .map(l => ({ line: l, i: at.at.get(l.run)! }))
    .map(({ line, i }) => ({ line, x: line.points.x[i]!, raw: line.points.y[i]!, shown: line.shown[i]! }))
    .sort((a, b) => (Number.isNaN(a.shown) ? 1 : Number.isNaN(b.shown) ? -1 : b.shown - a.shown));
  const from = Math.max(0, Math.min(all.length - most, all.findIndex(v => v.line.run === at.nearest) - most / 2));
  const shown = all.slice(from, from + most);
  return (
    <div class="gm-charts-tip" ref={box} role="status">
      <p class="gm-charts-tip-x">{placeText(at.x, settings.by)}</p>
      <table>
        <tbody>
          {shown.map(({ line, raw, shown }) => (
            <tr key={line.run} class={line.run === at.nearest ? 'gm-charts-near' : ''}>
              <td><Sign place={line.place} /></td>
              <th scope="row" class="gm-cut" dir="auto">{line.name}</th>
              <td class="gm-num">{number(shown)}</td>
              {settings.smooth > 0 && <td class="gm-num gm-dim" title={trans.__('as logged')}>{number(raw)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > shown.length && <p class="gm-dim">{trans.__('and %1 more', all.length - shown.length)}</p>}
    </div>
  );
}
