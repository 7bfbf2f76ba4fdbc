// How a table lies in its window: which rows and columns are near it, how wide columns are, and which of them stay at the left.
import type { VirtualItem } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { checks } from './table-checks';
import { useWidths, type TableColumn } from './table-column';
import type { At } from './table-keys';
import type { TableProps } from './table-props';
import { useShown, type Shown } from './table-virtual';

/** How high the titles are, in CSS pixels. */
export const headHeight = 40;

/** With less room, in CSS pixels, only the first of the columns stays at the left. */
const narrow = 600;

export interface Layout<Row> {
  /** With the one of check boxes, where rows can be selected. */
  columns: TableColumn<Row>[];
  rows: Shown;
  cols: Shown;
  /** The columns that are near the window. */
  shown: VirtualItem[];
  /** How many columns stay at the left. */
  stuck: number;
  rowHeight: number;
  widthOf(at: number): number;
  setWidth(id: string, width: number): void;
}

export function useLayout<Row>(props: TableProps<Row>, scroller: RefObject<HTMLDivElement | null>, active: At): Layout<Row> {
  const { name, count, rowHeight = 30, sticky = 0, selected, onSelect, onShown } = props;
  const [widths, setWidth] = useWidths(name);
  const columns = useMemo(() => (onSelect ? [checks(selected), ...props.columns] : props.columns), [props.columns, selected, onSelect === undefined]);
  const kept = Math.min(sticky, columns.length);
  const stuck = useRoom(scroller) < narrow ? Math.min(kept, onSelect ? 2 : 1) : kept;
  const widthOf = (at: number): number => widths[columns[at]?.id ?? ''] ?? columns[at]?.width ?? 0;
  const atLeft = [...Array(stuck).keys()];
  const rows = useShown(scroller, { count, size: () => rowHeight, always: [active.row], coveredEnd: headHeight, overscan: 8, sizes: rowHeight });
  const cols = useShown(scroller, {
    horizontal: true, count: columns.length, size: widthOf, sizes: useMemo(() => ({}), [columns, widths]), overscan: 2,
    always: [...atLeft, active.col], coveredStart: atLeft.reduce((sum, at) => sum + widthOf(at), 0),
  });
  const { startIndex = 0, endIndex = 0 } = rows.range ?? {};
  useEffect(() => onShown?.(startIndex, endIndex), [startIndex, endIndex, count, onShown]);
  return { columns, rows, cols, shown: cols.getVirtualItems(), stuck, rowHeight, widthOf, setWidth };
}

/** How wide a table's window is. */
function useRoom(scroller: RefObject<HTMLElement | null>): number {
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
