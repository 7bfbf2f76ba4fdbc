import { Component, type ComponentChildren } from 'preact';
import type { VirtualItem } from '@tanstack/virtual-core';
import type { TableColumn } from './table-column';

/** A row that stands over others, and opens and closes what lies under it. */
export interface Heading {
  open: boolean;
  show: ComponentChildren;
}

interface Props<Row> {
  id: string;
  index: number;
  row: Row | undefined;
  heading: Heading | undefined;
  top: number;
  height: number;
  columns: TableColumn<Row>[];
  shown: VirtualItem[];
  sticky: number;
  /** Which cell takes part in tabbing; -1: none of this row. */
  active: number;
  selectable: boolean;
  selected: boolean;
  current: boolean;
}

/** A row of a table; it is drawn again only when something of it changed. */
export class TableRow<Row> extends Component<Props<Row>> {
  override shouldComponentUpdate(next: Props<Row>): boolean {
    const now = this.props as unknown as Record<string, unknown>;
    return Object.entries(next).some(([name, value]) => now[name] !== value && name !== 'children');
  }

  render() {
    const { index, top, height, selected, current, heading, selectable } = this.props;
    const look = `gm-grid-row${selected ? ' gm-grid-selected' : ''}${current ? ' gm-grid-current' : ''}${heading ? ' gm-grid-heading' : ''}`;
    return (
      <div role="row" class={look} aria-rowindex={index + 2} aria-selected={selectable && !heading ? selected : undefined}
        aria-expanded={heading?.open} data-row={index} style={{ top: `${top}px`, height: `${height}px` }}>
        {heading ? this.heading(heading) : this.cells()}
      </div>
    );
  }

  private heading(heading: Heading) {
    const { id, index, active, columns } = this.props;
    return (
      <div role="gridcell" class="gm-grid-heading-cell" id={`${id}-${index}-0`} aria-colindex={1} aria-colspan={columns.length} tabIndex={active >= 0 ? 0 : -1} data-col={0}>
        <span class="gm-grid-twist" aria-hidden="true">{heading.open ? '▾' : '▸'}</span>
        {heading.show}
      </div>
    );
  }

  private cells() {
    const { id, index, row, columns, shown, sticky, active } = this.props;
    let end = 0;
    return shown.map(({ index: col, start, size }) => {
      const column = columns[col];
      if (column === undefined) return null;
      const gap = start - end;
      end = start + size;
      const place = { width: `${size}px`, ...(gap > 0 ? { marginLeft: `${gap}px` } : {}), ...(col < sticky ? { left: `${start}px` } : {}) };
      return (
        <div key={column.id} role="gridcell" id={`${id}-${index}-${col}`} aria-colindex={col + 1} data-col={col} tabIndex={active === col ? 0 : -1}
          class={`gm-grid-cell${column.right ? ' gm-num' : ''}${col < sticky ? ' gm-grid-sticky' : ''}${col === sticky - 1 ? ' gm-grid-edge' : ''}`}
          title={row === undefined ? undefined : column.text?.(row)} style={place}>
          {row === undefined ? <span class="gm-grid-pending" /> : column.show(row)}
        </div>
      );
    });
  }
}
