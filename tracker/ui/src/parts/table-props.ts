// What the owner of a table gives it, and can ask of it.
import type { TableColumn, TableOrder } from './table-column';
import type { Heading } from './table-row';

/** What the owner of a table can ask of it. */
export interface TableHandle {
  /** The place of the first row in the window, and how far it is scrolled out of it. */
  top(): { row: number; offset: number };
  scrollTo(row: number, offset?: number): void;
  /** Rows came above those in the window: what is read, and what has the focus, stays. */
  shift(rows: number): void;
}

export interface TableProps<Row> {
  /** What the table is of, as it is read out. */
  label: string;
  /** By what its column widths are kept: not the label, which is another one in another language. */
  name: string;
  columns: TableColumn<Row>[];
  /** How many rows there are, those included that are not loaded. */
  count: number;
  /** The row at a place; undefined while it is not loaded. */
  row(at: number): Row | undefined;
  /** Of rows that stand over others: how they look. */
  heading?(row: Row): Heading | undefined;
  /** Which rows are near the window. */
  onShown?(from: number, to: number): void;
  /** How many columns stay at the left, the one of check boxes included. */
  sticky?: number;
  order?: TableOrder | undefined;
  onOrder?(column: string): void;
  /** Whether a row is selected, where rows can be. */
  selected?(row: Row): boolean;
  /** Selects rows or the opposite: one place, or all up to a place. */
  onSelect?(from: number, to: number, selected: boolean): void;
  /** Enter or a double click at a row; a click too, at one that stands over others. */
  onOpen?(row: Row, at: number): void;
  /** Which row is shown elsewhere, beside the table. */
  current?(row: Row): boolean;
  rowHeight?: number;
  handle?: { current: TableHandle | null };
}

/** How a row at a place stands over others; undefined where it does not, or is not loaded. */
export function headingAt<Row>({ row, heading }: TableProps<Row>, at: number): Heading | undefined {
  const of = row(at);
  return of === undefined ? undefined : heading?.(of);
}
