// The cell executions of a notebook that were the last, newest first.
import { useAnswer } from '../host';
import type { LedgerChange, Schemas } from '../api/client';
import { Link } from '../parts/link';
import { Answered } from '../parts/states';
import { ago, duration, exact } from '../parts/format';
import { N_, trans } from '../trans';

const shown = 8;

/** What stands for a status, and what it is called. */
const signs: Record<string, [sign: string, look: string, title: string]> = {
  running: ['◌', 'gm-lab-info', N_('running')],
  ok: ['✓', 'gm-lab-good', N_('done')],
  error: ['✕', 'gm-lab-bad', N_('failed')],
  aborted: ['–', 'gm-dim', N_('not run: one before it failed')],
  interrupted: ['■', 'gm-lab-warn', N_('interrupted')],
  cut: ['?', 'gm-lab-warn', N_('the kernel ended meanwhile')],
};

export function cellsChanged(changes: LedgerChange): boolean {
  return Boolean(changes.all || changes.cells?.length || changes.kinds.some(kind => kind.startsWith('cell.')));
}

export function Cells({ path, places }: { path: string; places(): Map<string, number> }) {
  const cells = useAnswer('/api/cells', { notebook: path, limit: shown }, cellsChanged);
  return (
    <Answered asked={cells} what={trans.__('cells')}>
      {({ items }) =>
        items?.length ? (
          <ol class="gm-lab-cells" reversed>
            {items.map(cell => <Cell key={cell.id} cell={cell} place={places().get(cell.cell_id ?? '')} />)}
          </ol>
        ) : (
          <p class="gm-lab-none">{trans.__('No cell has been run yet.')}</p>
        )
      }
    </Answered>
  );
}

function Cell({ cell, place }: { cell: Schemas['account.CellRow']; place: number | undefined }) {
  const [sign, look, title] = signs[cell.status] ?? ['?', 'gm-dim', ''];
  const where = place === undefined ? trans.__('a cell that is not in the notebook any more') : trans.__('cell %1 of the notebook', place + 1);
  const told = `${title ? trans.__(title) : cell.status}, ${where}, ${exact(cell.started)}`;
  return (
    <li title={told}>
      <Link to={{ view: 'timeline', params: { cell: cell.id } }} class="gm-lab-cell" label={trans.__('In %1: %2: %3', cell.count, cell.name, told)}>
        <span class={look} aria-hidden="true">{sign}</span>
        <span class="gm-lab-count">[{cell.count || ' '}]</span>
        <span class="gm-cut gm-mono">{cell.name || trans.__('(empty)')}</span>
        <span class="gm-lab-when">{cell.finished ? duration(cell.wall_ns) : ago(cell.started)}</span>
      </Link>
    </li>
  );
}
