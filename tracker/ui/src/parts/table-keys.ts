// How the keyboard moves in a table, after the grid pattern of WAI-ARIA's authoring practices.

/** A cell: row -1 is the header. */
export interface At {
  row: number;
  col: number;
}

type Move = (at: At, size: Size) => At;

interface Size {
  rows: number;
  cols: number;
  page: number;
}

const moves: Record<string, Move> = {
  ArrowUp: at => ({ ...at, row: at.row - 1 }),
  ArrowDown: at => ({ ...at, row: at.row + 1 }),
  ArrowLeft: at => ({ ...at, col: at.col - 1 }),
  ArrowRight: at => ({ ...at, col: at.col + 1 }),
  PageUp: (at, { page }) => ({ ...at, row: Math.max(0, at.row - page) }),
  PageDown: (at, { page }) => ({ ...at, row: at.row + page }),
  Home: at => ({ ...at, col: 0 }),
  End: (at, { cols }) => ({ ...at, col: cols - 1 }),
  'Control+Home': () => ({ row: 0, col: 0 }),
  'Control+End': (_, { rows, cols }) => ({ row: rows - 1, col: cols - 1 }),
};

/** The cell that a key leads to; undefined where it leads nowhere. */
export function moved(event: KeyboardEvent, at: At, size: Size): At | undefined {
  if (event.altKey || event.shiftKey) return undefined;
  const move = moves[event.ctrlKey || event.metaKey ? `Control+${event.key}` : event.key];
  if (move === undefined) return undefined;
  return within(move(at, size), size);
}

/** The cell of the table that is nearest to a place. */
export function within(at: At, { rows, cols }: Pick<Size, 'rows' | 'cols'>): At {
  return { row: Math.min(rows - 1, Math.max(-1, at.row)), col: Math.min(cols - 1, Math.max(0, at.col)) };
}
