import { trans } from '../trans';
import type { TableColumn } from './table-column';

const id = ' checks'; // no field is called so

/** The column of check boxes. The row says whether it is selected; the box is for the eye and the pointer. */
export function checks<Row>(selected?: (row: Row) => boolean): TableColumn<Row> {
  return { id, title: trans.__('Select all that are loaded, or none'), head: <span class="gm-grid-check" aria-hidden="true" />, width: 36, show: row => <span class="gm-grid-check" aria-hidden="true">{selected?.(row) ? '✓' : ''}</span> };
}

export function isChecks<Row>(column: TableColumn<Row> | undefined): boolean {
  return column?.id === id;
}
