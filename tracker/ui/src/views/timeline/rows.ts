// The cell executions of a session: all of them, read page by page, and kept up to date while cells run.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { LedgerChange, Schemas } from '../../api/client';
import type { Client } from '../../api/client';
import { useHost } from '../../host';

const fields = ['id', 'name', 'sequence', 'count', 'cell_id', 'started', 'finished', 'status', 'wall_ns', 'build_ns', 'run_ns', 'repeat', 'edited', 'out_of_order',
  'error_name', 'truncated', 'redactions', 'reused', 'session', 'again'] as const;

/** What a row is made of. */
export type Row = Pick<Schemas['TimelineCell'], (typeof fields)[number]>;

/** The first page is short, so that something is seen at once. */
const [first, following] = [100, 1000];

/** Changes come up to ten times a second; rows are read again at most so often, in milliseconds. */
const rest = 300;

interface Read {
  rows: Row[];
  total: number;
  done: boolean;
  error?: Error;
}

/** Reads the rows of one session, and again what changed. */
class Reader {
  private rows: Row[] = [];
  /** Where pages begin: the number of rows before, and the cursor. */
  private readonly marks: [number, string][] = [[0, '']];
  private reading = false;
  private stale = Number.POSITIVE_INFINITY;
  private later: ReturnType<typeof setTimeout> | undefined;
  private readonly ending = new AbortController();

  constructor(private readonly client: Client, private readonly session: string, private readonly tell: (read: Read) => void) {}

  stop(): void {
    this.ending.abort();
    clearTimeout(this.later);
  }

  /** Reads what comes from a row on. */
  async read(from: number): Promise<void> {
    if (this.reading) {
      this.stale = Math.min(this.stale, from);
      return;
    }
    this.reading = true;
    try {
      await this.pages(from);
    } catch (error) {
      if (!this.ending.signal.aborted) this.tell({ rows: this.rows, total: this.rows.length, done: true, error: error as Error });
    }
    this.reading = false;
    if (this.stale === Number.POSITIVE_INFINITY || this.ending.signal.aborted) return;
    const again = this.stale;
    this.stale = Number.POSITIVE_INFINITY;
    this.soon(again);
  }

  private async pages(from: number): Promise<void> {
    while (this.marks.length > 1 && this.marks.at(-1)![0] > from) this.marks.pop();
    for (;;) {
      const [at, after] = this.marks.at(-1)!;
      const page = await this.client.get('/api/sessions/{id}/cells', { id: this.session, limit: at === 0 ? first : following, fields: [fields.join(',')], ...(after ? { after } : {}) }, this.ending.signal);
      const items = (page.items ?? []) as Row[];
      this.rows = [...this.rows.slice(0, at), ...items];
      const total = page.total ?? this.rows.length;
      this.tell({ rows: this.rows, total, done: page.next === undefined });
      if (page.next === undefined || items.length === 0) return;
      this.marks.push([at + items.length, page.next]);
    }
  }

  private soon(from: number): void {
    this.stale = Math.min(this.stale, from);
    this.later ??= setTimeout(() => {
      const again = this.stale;
      this.later = undefined;
      this.stale = Number.POSITIVE_INFINITY;
      void this.read(again);
    }, rest);
  }

  /** Hears what changed: rows that are known are read again from the first of them on, and what is behind the last. */
  heard(changes: LedgerChange): void {
    if (changes.all) return this.soon(0);
    if (!changes.sessions?.includes(this.session)) return;
    const changed = new Set(changes.cells);
    const at = this.rows.findIndex(row => changed.has(row.id));
    if (at >= 0 || changed.size > 0) this.soon(at < 0 ? this.rows.length : at);
  }
}

export interface Rows extends Read {
  /** At which place each cell of the notebook stands by when it was executed first, from 1. */
  position: Map<string, number>;
  /** The executions of the same cell before and behind each, where there are. */
  before: Map<string, Row>;
  newest: Set<string>;
}

const nothing: Read = { rows: [], total: 0, done: false };

export function useRows(session: string): Rows {
  const host = useHost();
  const [read, set] = useState<Read & { of?: string }>(nothing);
  useEffect(() => {
    const reader = new Reader(host.client, session, read => set({ ...read, of: session }));
    void reader.read(0);
    const stop = host.changes(changes => reader.heard(changes));
    return () => (stop(), reader.stop());
  }, [host, session]);
  const now = read.of === session ? read : nothing;
  return useMemo(() => ({ ...now, ...placed(now.rows) }), [now]);
}

/** How each execution stands among those of its cell. */
function placed(rows: readonly Row[]): Pick<Rows, 'position' | 'before' | 'newest'> {
  const position = new Map<string, number>();
  const before = new Map<string, Row>();
  const last = new Map<string, Row>();
  for (const row of rows) {
    if (!row.cell_id) continue;
    const earlier = last.get(row.cell_id);
    if (earlier) before.set(row.id, earlier);
    else position.set(row.cell_id, position.size + 1);
    last.set(row.cell_id, row);
  }
  return { position, before, newest: new Set([...last.values()].map(row => row.id)) };
}
