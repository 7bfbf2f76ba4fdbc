// What of the values is not drawn as a curve, in words: what is no number or infinite, and what a logarithmic axis has no place for.
import { useMemo } from 'preact/hooks';
import { trans } from '../../../trans';
import type { Line } from './line';
import { figuresOf } from './values';

export function Oddities({ lines, logY }: { lines: Line[]; logY: boolean }) {
  const { odd, unplaced } = useMemo(() => {
    const all = lines.map(l => ({ name: l.name, ...figuresOf(l.points, logY) }));
    return { odd: all.filter(f => f.odd > 0).map(f => f.name), unplaced: all.filter(f => f.unplaced > 0).map(f => f.name) };
  }, [lines, logY]);
  return (
    <>
      {odd.length > 0 && (
        <span class="gm-chip gm-chip-warn" title={trans.__('NaN or infinite, marked × ▲ ▼ at the edges: %1', odd.join(', '))}>
          {trans._n('NaN or ∞ in %1 run', 'NaN or ∞ in %1 runs', odd.length)}
        </span>
      )}
      {unplaced.length > 0 && (
        <span class="gm-chip gm-chip-warn" title={trans.__('A logarithmic axis has no place for values of 0 and less: %1', unplaced.join(', '))}>
          {trans._n('≤ 0 in %1 run', '≤ 0 in %1 runs', unplaced.length)}
        </span>
      )}
    </>
  );
}
