// Which executions of a session are shown.
import { N_ } from '../../trans';
import type { Row, Rows } from './rows';
import type { Sources } from './sources';

export interface Filter {
  text: string;
  /** A status, or a mark; empty for all. */
  only: string;
}

const problems = new Set(['error', 'interrupted', 'aborted', 'cut']);

/** What the list can be narrowed to. */
export const choices: { value: string; title: string; holds: (row: Row, rows: Rows) => boolean }[] = [
  { value: '', title: N_('All executions'), holds: () => true },
  { value: 'ok', title: N_('Succeeded'), holds: row => row.status === 'ok' },
  { value: 'problem', title: N_('Did not succeed'), holds: row => problems.has(row.status) },
  { value: 'running', title: N_('Running'), holds: row => row.status === 'running' },
  { value: 'out-of-order', title: N_('Out of order'), holds: row => row.out_of_order },
  { value: 'again', title: N_('Run again with equal outputs'), holds: row => row.again?.verdict === 'equal' },
  { value: 'differs', title: N_('Run again, differs'), holds: row => row.again !== undefined && row.again.verdict !== 'equal' },
  { value: 'edited', title: N_('Source changed'), holds: row => row.edited },
  { value: 'latest', title: N_('Latest of each cell'), holds: (row, rows) => rows.newest.has(row.id) || !row.cell_id },
];

/** The executions that a filter leaves; a row whose source is not read yet is looked at by its first line. */
export function chosen(rows: Rows, filter: Filter, sources: Sources): Row[] {
  const holds = choices.find(c => c.value === filter.only)?.holds ?? (() => true);
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.rows.filter(row => {
    if (!holds(row, rows)) return false;
    if (words.length === 0) return true;
    const text = `${sources.text.get(row.id) ?? row.name} ${row.error_name ?? ''} [${row.count}]`.toLowerCase();
    return words.every(word => text.includes(word)) || row.id.startsWith(filter.text.toLowerCase().trim());
  });
}
