// What a table does when it is asked by pointer or keyboard.
import { isChecks } from './table-checks';
import { headHeight, type Layout } from './table-layout';
import { moved, type At } from './table-keys';
import { headingAt, type TableProps } from './table-props';

/** A table as it is now. */
export interface Grid<Row> {
  props: TableProps<Row>;
  layout: Layout<Row>;
  /** The cell that takes part in tabbing. */
  active: At;
  /** Makes a cell the active one, without more. */
  activate(to: At): void;
  /** Goes to a cell by keyboard: it is scrolled to, and has the focus. */
  go(to: At): void;
}

/** A key at a cell. Links and boxes in a cell have keys of their own. */
export function pressed<Row>(grid: Grid<Row>, event: KeyboardEvent): void {
  if ((event.target as HTMLElement).dataset['col'] === undefined) return;
  const { props, layout, active } = grid;
  const to = moved(event, active, { rows: props.count, cols: layout.columns.length, page: pageOf(event, layout) });
  if (to) grid.go(to);
  else if (event.altKey && active.row < 0 && /^Arrow(Left|Right)$/.test(event.key)) widen(layout, active.col, event.key === 'ArrowLeft' ? -16 : 16);
  else if (event.key === 'Enter') active.row < 0 ? sort(grid, active.col) : open(grid, active.row);
  else if (event.key === ' ' && active.row >= 0) headingAt(props, active.row) ? open(grid, active.row) : toggle(grid, active.row, event.shiftKey);
  else return;
  event.preventDefault();
}

export function clicked<Row>(grid: Grid<Row>, event: MouseEvent): void {
  const at = placeOf(event.target as HTMLElement);
  if (!at) return;
  if (at.row < 0) sort(grid, at.col);
  else if (headingAt(grid.props, at.row)) open(grid, at.row);
  else if (isChecks(grid.layout.columns[at.col]) || event.shiftKey) toggle(grid, at.row, event.shiftKey);
  grid.activate(at);
}

export function clickedTwice<Row>(grid: Grid<Row>, event: MouseEvent): void {
  const at = placeOf(event.target as HTMLElement);
  if (at && at.row >= 0 && !isChecks(grid.layout.columns[at.col]) && !headingAt(grid.props, at.row)) open(grid, at.row);
}

/** Copies what the active cell holds exactly, unless a text is selected. */
export function copied<Row>({ props, layout, active }: Grid<Row>, event: ClipboardEvent): void {
  const of = active.row < 0 ? undefined : props.row(active.row);
  const text = of === undefined ? undefined : layout.columns[active.col]?.text?.(of);
  if (text === undefined || !event.clipboardData || String(getSelection()) !== '') return;
  event.clipboardData.setData('text/plain', text);
  event.preventDefault();
}

function sort<Row>({ props, layout }: Grid<Row>, col: number): void {
  const column = layout.columns[col];
  if (isChecks(column)) toggleAll(props);
  else if (column?.sortable) props.onOrder?.(column.id);
}

function open<Row>({ props }: Grid<Row>, at: number): void {
  const of = props.row(at);
  if (of !== undefined) props.onOpen?.(of, at);
}

/** Selects a row or the opposite; with `range` all from the active one. */
function toggle<Row>({ props, active }: Grid<Row>, at: number, range: boolean): void {
  const of = props.row(at);
  if (of === undefined || !props.selected || headingAt(props, at)) return;
  props.onSelect?.(range && active.row >= 0 ? active.row : at, at, !props.selected(of));
}

/** Selects no row when some are selected, else all. */
function toggleAll<Row>({ count, row, selected, onSelect }: TableProps<Row>): void {
  let some = false;
  for (let at = 0; at < count && !some; at++) {
    const of = row(at);
    some = of !== undefined && (selected?.(of) ?? false);
  }
  onSelect?.(0, count - 1, !some);
}

function widen<Row>({ columns, widthOf, setWidth }: Layout<Row>, col: number, by: number): void {
  const column = columns[col];
  if (column) setWidth(column.id, widthOf(col) + by);
}

/** How many rows a page of the window has. */
function pageOf<Row>(event: KeyboardEvent, { rowHeight }: Layout<Row>): number {
  const height = (event.currentTarget as HTMLElement).clientHeight;
  return Math.max(1, Math.floor((height - headHeight) / rowHeight) - 1);
}

/** The cell that something on the page lies in. */
function placeOf(target: HTMLElement): At | undefined {
  const cell = target.closest<HTMLElement>('[data-col]');
  const row = cell?.closest<HTMLElement>('[data-row]');
  return cell && row ? { row: Number(row.dataset['row']), col: Number(cell.dataset['col']) } : undefined;
}
