import { useMemo } from 'preact/hooks';
import { trans } from '../../trans';
import type { Row, Rows } from './rows';

const [width, height] = [1000, 100];

/** More executions than this are thinned out: a screen has no more columns. */
const most = 4000;

type Kind = 'ok' | 'problem' | 'order';

function kindOf(row: Row): Kind {
  if (row.status !== 'ok' && row.status !== 'running') return 'problem';
  return row.out_of_order ? 'order' : 'ok';
}

/** The order of a session's executions, left to right, against the place of their cells, top to bottom. Who runs a notebook from top to bottom
 *  draws one line; whoever goes back jumps up. */
export function OrderMap({ rows, show, seen }: { rows: Rows; show: (row: Row) => void; seen: [number, number] }) {
  const all = rows.rows;
  const cells = rows.position.size;
  const { paths, odd } = useMemo(() => drawn(rows), [rows]);
  if (all.length < 3 || cells < 2) return null;
  const n = (count: number): string => count.toLocaleString('en');
  const told = trans._n('%2 execution of %3 cells, %4 out of order', '%2 executions of %3 cells, %4 out of order', all.length, n(all.length), n(cells), n(odd));
  const jump = (event: MouseEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const row = all[Math.min(all.length - 1, Math.floor(((event.clientX - box.left) / box.width) * all.length))];
    if (row) show(row);
  };
  const left = (seen[0] / all.length) * width;
  return (
    <figure class="gm-tl-map">
      <svg class={all.length > 300 ? 'gm-tl-map-dense' : ''} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={told} onClick={jump}>
        <title>{trans.__('%1. A click goes there.', told)}</title>
        <rect class="gm-tl-map-seen" x={left} width={Math.max(2, ((seen[1] + 1) / all.length) * width - left)} height={height} />
        {paths.map(([kind, d]) => d && <path key={kind} class={`gm-tl-map-${kind}`} d={d} />)}
      </svg>
      <figcaption>
        <span>{trans.__('Order of execution →, cells ↓')}</span>
        <span><i class="gm-tl-key gm-tl-key-order" />{trans.__('out of order')}</span>
        <span><i class="gm-tl-key gm-tl-key-problem" />{trans.__('did not succeed')}</span>
      </figcaption>
    </figure>
  );
}

/** The dots of each kind as one path, and how many executions were out of order. */
function drawn({ rows, position }: Rows): { paths: [Kind, string][]; odd: number } {
  const every = Math.ceil(rows.length / most);
  const paths: Record<Kind, string[]> = { ok: [], order: [], problem: [] };
  let odd = 0;
  rows.forEach((row, i) => {
    if (row.out_of_order) odd++;
    const kind = kindOf(row);
    if (!row.cell_id || (i % every !== 0 && kind !== 'problem')) return;
    const y = 4 + ((position.get(row.cell_id)! - 1) / Math.max(1, position.size - 1)) * (height - 8);
    paths[kind].push(`M${(((i + 0.5) / rows.length) * width).toFixed(1)} ${y.toFixed(1)}h0`);
  });
  return { paths: (Object.keys(paths) as Kind[]).map(kind => [kind, paths[kind].join('')]), odd };
}
