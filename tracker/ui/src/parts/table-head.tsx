import type { VirtualItem } from '@tanstack/virtual-core';
import { trans } from '../trans';
import type { TableColumn, TableOrder } from './table-column';

interface Props<Row> {
  id: string;
  columns: TableColumn<Row>[];
  shown: VirtualItem[];
  sticky: number;
  active: number;
  order?: TableOrder | undefined;
  width: number;
  onWidth(id: string, width: number): void;
}

/** The titles of a table. A click, or Enter, sorts; dragging the edge, or Alt with an arrow, changes the width. */
export function TableHead<Row>({ id, columns, shown, sticky, active, order, width, onWidth }: Props<Row>) {
  let end = 0;
  return (
    <div role="row" class="gm-grid-head" aria-rowindex={1} data-row={-1} style={{ width: `${width}px` }}>
      {shown.map(({ index: col, start, size }) => {
        const column = columns[col];
        if (column === undefined) return null;
        const gap = start - end;
        end = start + size;
        const sorted = order?.column === column.id ? (order.descending ? 'descending' : 'ascending') : undefined;
        const place = { width: `${size}px`, ...(gap > 0 ? { marginLeft: `${gap}px` } : {}), ...(col < sticky ? { left: `${start}px` } : {}) };
        const look = `gm-grid-title${column.right ? ' gm-grid-right' : ''}${col < sticky ? ' gm-grid-sticky' : ''}${col === sticky - 1 ? ' gm-grid-edge' : ''}${column.sortable ? ' gm-grid-sortable' : ''}`;
        return (
          <div key={column.id} role="columnheader" id={`${id}--1-${col}`} class={look} aria-colindex={col + 1} data-col={col} tabIndex={active === col ? 0 : -1}
            aria-label={column.head ? column.title : undefined} aria-sort={column.sortable ? (sorted ?? 'none') : undefined} style={place}
            title={`${column.group ? `${column.group} ` : ''}${column.title}${column.sortable ? `\n${trans.__('Sort: click or Enter. Width: drag the edge, or Alt with an arrow.')}` : ''}`}>
            {column.group && <span class="gm-grid-group" dir="auto">{column.group}</span>}
            <span class="gm-grid-name">
              {column.head ?? <span class="gm-cut" dir="auto">{column.title}</span>}
              {sorted && <span class="gm-grid-sort" aria-hidden="true">{sorted === 'descending' ? '↓' : '↑'}</span>}
            </span>
            <Edge onDrag={by => onWidth(column.id, size + by)} />
          </div>
        );
      })}
    </div>
  );
}

/** The edge of a column, to be dragged. */
function Edge({ onDrag }: { onDrag(by: number): void }) {
  const down = (event: PointerEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    const edge = event.currentTarget as HTMLElement;
    const from = event.clientX;
    edge.setPointerCapture(event.pointerId);
    edge.onpointermove = move => onDrag(move.clientX - from);
    edge.onpointerup = edge.onpointercancel = () => (edge.onpointermove = null);
  };
  return <span class="gm-grid-grip" aria-hidden="true" onPointerDown={down} onClick={event => event.stopPropagation()} />;
}
