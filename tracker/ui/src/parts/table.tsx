// A table of any size: only what is near the window is in the document, by rows and by columns.
import './table.css';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useWidths, type TableColumn, type TableOrder } from './table-column';
import { TableHead } from './table-head';
import { moved, type At } from './table-keys';
import { TableRow, type Heading } from './table-row';
import { useShown } from './table-virtual';

export type { TableColumn, TableOrder } from './table-column';
export type { Heading } from './table-row';

/** What the owner of a table can ask of it. */
export interface TableHandle {
  /** The place of the first row in the window, and how far it is scrolled out of it. */
  top(): { row: number; offset: number };
  scrollTo(row: number, offset?: number): void;
  /** Rows came above those in the window: what is read, and what has the focus, stays. */
  shift(rows: number): void;
}

interface Props<Row> {
  /** What the table is of: read out, and the name by which column widths are kept. */
  label: string;
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

const headHeight = 40;

export function Table<Row>(props: Props<Row>) {
  const { label, count, row, rowHeight = 30, sticky = 0, selected, onSelect, onOpen, onOrder, onShown, heading } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<At>({ row: -1, col: 0 });
  const [moving, setMoving] = useState(0); // counts moves by keyboard: after each the active cell takes the focus
  const [widths, setWidth] = useWidths(label);
  const columns = useMemo(() => (onSelect ? [checks(selected), ...props.columns] : props.columns), [props.columns, selected, onSelect === undefined]);
  const kept = Math.min(sticky, columns.length);
  const room = useRoom(scroller);
  const widthOf = (at: number): number => widths[columns[at]?.id ?? ''] ?? columns[at]?.width ?? 0;
  const stuck = room < 600 ? Math.min(kept, onSelect ? 2 : 1) : kept; // a narrow window has room for the first only
  let stuckWidth = 0;
  for (let at = 0; at < stuck; at++) stuckWidth += widthOf(at);
  const rows = useShown(scroller, { count, size: () => rowHeight, always: [active.row], coveredEnd: headHeight, overscan: 8, sizes: rowHeight });
  const cols = useShown(scroller, {
    horizontal: true, count: columns.length, size: widthOf, sizes: useMemo(() => ({}), [columns, widths]), overscan: 2,
    always: [...Array(stuck).keys(), active.col], coveredStart: stuckWidth,
  });
  const shown = cols.getVirtualItems();
  const { startIndex = 0, endIndex = 0 } = rows.range ?? {};
  useEffect(() => onShown?.(startIndex, endIndex), [startIndex, endIndex, count, onShown]);
  useLayoutEffect(() => {
    if (moving > 0) document.getElementById(`${id}-${active.row}-${active.row >= 0 && headingAt(active.row) ? 0 : active.col}`)?.focus({ preventScroll: true });
  }, [moving]);
  useLayoutEffect(() => {
    if (props.handle) props.handle.current = {
      top: () => ({ row: Math.floor((scroller.current?.scrollTop ?? 0) / rowHeight), offset: (scroller.current?.scrollTop ?? 0) % rowHeight }),
      scrollTo: (to, offset = 0) => scroller.current?.scrollTo({ top: to * rowHeight + offset }),
      shift: by => {
        setActive(at => (at.row < 0 ? at : { ...at, row: Math.max(0, at.row + by) }));
        scroller.current?.scrollBy({ top: by * rowHeight });
      },
    };
  });
  const headingAt = (at: number): Heading | undefined => {
    const of = row(at);
    return of === undefined ? undefined : heading?.(of);
  };
  const go = (to: At): void => {
    setActive(to);
    if (to.row >= 0) rows.scrollToIndex(to.row);
    if (to.col >= stuck) cols.scrollToIndex(to.col);
    setMoving(n => n + 1);
  };
  const toggle = (at: number, range: boolean): void => {
    const of = row(at);
    if (of === undefined || !selected || !onSelect || headingAt(at)) return;
    onSelect(range && active.row >= 0 ? active.row : at, at, !selected(of));
  };
  const open = (at: number): void => {
    const of = row(at);
    if (of !== undefined) onOpen?.(of, at);
  };
  const all = (): void => {
    let some = false;
    for (let at = 0; at < count && !some; at++) {
      const of = row(at);
      some = of !== undefined && (selected?.(of) ?? false);
    }
    onSelect?.(0, count - 1, !some);
  };
  const sort = (col: number): void => {
    if (columns[col]?.id === checksID) all();
    else if (columns[col]?.sortable) onOrder?.(columns[col].id);
  };
  const key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (target.dataset['col'] === undefined) return; // a link or a box in a cell: its own keys
    const column = columns[active.col];
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1);
    const to = moved(event, active, { rows: count, cols: columns.length, page });
    if (to) go(to);
    else if (event.altKey && active.row < 0 && column && /^Arrow(Left|Right)$/.test(event.key)) setWidth(column.id, widthOf(active.col) + (event.key === 'ArrowLeft' ? -16 : 16));
    else if (event.key === 'Enter') active.row < 0 ? sort(active.col) : open(active.row);
    else if (event.key === ' ' && active.row >= 0) headingAt(active.row) ? open(active.row) : toggle(active.row, event.shiftKey);
    else return;
    event.preventDefault();
  };
  const click = (event: MouseEvent): void => {
    const at = placeOf(event.target as HTMLElement);
    if (!at) return;
    if (at.row < 0) sort(at.col);
    else if (headingAt(at.row)) open(at.row);
    else if (columns[at.col]?.id === checksID) toggle(at.row, event.shiftKey);
    else if (event.shiftKey) toggle(at.row, true);
    setActive(at);
  };
  return (
    <div ref={scroller} class="gm-grid" role={heading ? 'treegrid' : 'grid'} aria-label={label} aria-rowcount={count + 1} aria-colcount={columns.length}
      aria-multiselectable={onSelect ? true : undefined} onKeyDown={key} onClick={click} onDblClick={event => {
        const at = placeOf(event.target as HTMLElement);
        if (at && at.row >= 0 && columns[at.col]?.id !== checksID && !headingAt(at.row)) open(at.row);
      }}
      onCopy={event => copy(event, columns[active.col], active.row >= 0 ? row(active.row) : undefined)}>
      <TableHead id={id} columns={columns} shown={shown} sticky={stuck} active={active.row < 0 ? active.col : -1} order={props.order} width={cols.getTotalSize()} onWidth={setWidth} />
      <div class="gm-grid-rows" role="rowgroup" style={{ height: `${rows.getTotalSize()}px`, width: `${cols.getTotalSize()}px` }}>
        {rows.getVirtualItems().map(item => {
          const of = row(item.index);
          return (
            <TableRow<Row> key={item.index} id={id} index={item.index} row={of} heading={of === undefined ? undefined : heading?.(of)} top={item.start} height={rowHeight}
              columns={columns} shown={shown} sticky={stuck} active={active.row === item.index ? active.col : -1} selectable={onSelect !== undefined}
              selected={of !== undefined && (selected?.(of) ?? false)} current={of !== undefined && (props.current?.(of) ?? false)} />
          );
        })}
      </div>
    </div>
  );
}

const checksID = ' checks';

/** The column of check boxes. The row says whether it is selected; the box is for the eye and the pointer. */
function checks<Row>(selected?: (row: Row) => boolean): TableColumn<Row> {
  return { id: checksID, title: 'Select all that are loaded, or none', head: <span class="gm-grid-check" aria-hidden="true" />, width: 36, show: row => <span class="gm-grid-check" aria-hidden="true">{selected?.(row) ? '✓' : ''}</span> };
}

function placeOf(target: HTMLElement): At | undefined {
  const cell = target.closest<HTMLElement>('[data-col]');
  const row = cell?.closest<HTMLElement>('[data-row]');
  return cell && row ? { row: Number(row.dataset['row']), col: Number(cell.dataset['col']) } : undefined;
}

function copy<Row>(event: ClipboardEvent, column: TableColumn<Row> | undefined, row: Row | undefined): void {
  const text = row === undefined ? undefined : column?.text?.(row);
  if (text === undefined || !event.clipboardData || String(getSelection()) !== '') return;
  event.clipboardData.setData('text/plain', text);
  event.preventDefault();
}

/** How wide a table's window is. */
function useRoom(scroller: { current: HTMLElement | null }): number {
  const [room, set] = useState(1200);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const watch = new ResizeObserver(() => set(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return room;
}
