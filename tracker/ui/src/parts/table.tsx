// A table of any size: only what is near the window is in the document, by rows and by columns.
import './table.css';
import type { RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { clicked, clickedTwice, copied, pressed, type Grid } from './table-actions';
import { TableHead } from './table-head';
import { within, type At } from './table-keys';
import { useLayout } from './table-layout';
import { headingAt, type TableProps } from './table-props';
import { TableRow } from './table-row';

export type { TableColumn, TableOrder } from './table-column';
export type { TableHandle } from './table-props';
export type { Heading } from './table-row';

export function Table<Row>(props: TableProps<Row>) {
  const { label, count, row, selected, onSelect, heading, order } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useGrid(props, id, scroller);
  const { active, layout } = grid;
  const { columns, rows, shown, stuck, rowHeight } = layout;
  const width = layout.cols.getTotalSize();
  return (
    <div ref={scroller} class="gm-grid" role={heading ? 'treegrid' : 'grid'} aria-label={label} aria-rowcount={count + 1} aria-colcount={columns.length}
      aria-multiselectable={onSelect ? true : undefined} onKeyDown={event => pressed(grid, event)} onClick={event => clicked(grid, event)}
      onDblClick={event => clickedTwice(grid, event)} onCopy={event => copied(grid, event)}>
      <TableHead id={id} columns={columns} shown={shown} sticky={stuck} active={active.row < 0 ? active.col : -1} order={order} width={width} onWidth={layout.setWidth} />
      <div class="gm-grid-rows" role="rowgroup" style={{ height: `${rows.getTotalSize()}px`, width: `${width}px` }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const of = row(index);
          return (
            <TableRow<Row> key={index} id={id} index={index} row={of} heading={headingAt(props, index)} top={start} height={rowHeight}
              columns={columns} shown={shown} sticky={stuck} active={active.row === index ? active.col : -1} selectable={onSelect !== undefined}
              selected={of !== undefined && (selected?.(of) ?? false)} current={of !== undefined && (props.current?.(of) ?? false)} />
          );
        })}
      </div>
    </div>
  );
}

/** The table as it is now, with the cell that is active. */
function useGrid<Row>(props: TableProps<Row>, id: string, scroller: RefObject<HTMLDivElement | null>): Grid<Row> {
  const [chosen, setActive] = useState<At>({ row: -1, col: 0 });
  const active = within(chosen, { rows: props.count, cols: props.columns.length + (props.onSelect ? 1 : 0) }); // there may be fewer than when it was chosen
  const [moving, setMoving] = useState(0); // counts moves by keyboard: after each the active cell takes the focus
  const layout = useLayout(props, scroller, active);
  useLayoutEffect(() => {
    if (moving > 0) document.getElementById(`${id}-${active.row}-${active.row >= 0 && headingAt(props, active.row) ? 0 : active.col}`)?.focus({ preventScroll: true });
  }, [moving]);
  useHandle(props, layout.rowHeight, scroller, setActive);
  const go = (to: At): void => {
    setActive(to);
    if (to.row >= 0) layout.rows.scrollToIndex(to.row);
    if (to.col >= layout.stuck) layout.cols.scrollToIndex(to.col);
    setMoving(n => n + 1);
  };
  return { props, layout, active, activate: setActive, go };
}

/** Answers what the table's owner asks of it. */
function useHandle<Row>({ handle }: TableProps<Row>, rowHeight: number, scroller: RefObject<HTMLDivElement | null>, move: (change: (at: At) => At) => void): void {
  useLayoutEffect(() => {
    if (!handle) return;
    const scrolled = (): number => scroller.current?.scrollTop ?? 0;
    handle.current = {
      top: () => ({ row: Math.floor(scrolled() / rowHeight), offset: scrolled() % rowHeight }),
      scrollTo: (to, offset = 0) => scroller.current?.scrollTo({ top: to * rowHeight + offset }),
      shift: by => {
        move(at => (at.row < 0 ? at : { ...at, row: Math.max(0, at.row + by) }));
        scroller.current?.scrollBy({ top: by * rowHeight });
      },
    };
  });
}
