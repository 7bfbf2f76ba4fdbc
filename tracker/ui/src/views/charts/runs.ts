// The runs that the view shows: those of the address, those of a filter, or the newest.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Client, Schemas } from '../../api/client';
import { useHost } from '../../host';
import { toldApart } from './names';
import type { Settings } from './settings';

export type Row = Schemas['account.RunRow'];
export type Column = Schemas['Column'];

/** A field's value as JSON has it: texts for what is no number. */
export function numberOf(value: number | string | undefined): number {
  if (typeof value === 'number') return value;
  return value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : NaN;
}

const isID = /^[0-9a-f]{32}$/;

/** A filter that holds for the runs with these ids. */
export function idFilter(ids: string[]): string {
  return `run_id IN (${ids.map(id => `'${id}'`).join(', ')})`;
}

/** The ids that texts of an address mean: names and leading digits are looked up. */
async function fullIDs(client: Client, texts: string[], signal: AbortSignal): Promise<string[]> {
  const ask = async (text: string): Promise<string> => (isID.test(text) ? text : (await client.get('/api/runs/{id}', { id: text, fields: ['id'] }, signal)).id);
  return Promise.all(texts.slice(0, 500).map(ask));
}

/** Reads runs page by page, with these columns only where some are named. */
export async function readRuns(client: Client, s: Settings, columns: string[] | undefined, signal: AbortSignal): Promise<Row[]> {
  const ids = await fullIDs(client, s.runs, signal);
  const filter = ids.length > 0 ? idFilter(ids) : s.filter;
  const most = ids.length > 0 ? ids.length : s.newest;
  const rows: Row[] = [];
  for (let after: string | undefined = ''; after !== undefined && rows.length < most; ) {
    const query = { filter, stage: ids.length > 0 ? ('all' as const) : ('active' as const), limit: Math.min(1000, most - rows.length), after, ...(columns ? { columns } : {}) };
    const page: Schemas['Page.of.account.RunRow'] = await client.get('/api/runs', query, signal);
    rows.push(...(page.items ?? []));
    after = page.next;
  }
  const place = new Map(ids.map((id, i) => [id, i]));
  return toldApart(ids.length > 0 ? rows.sort((a, b) => place.get(a.id)! - place.get(b.id)!) : rows);
}

export interface Chosen {
  rows?: Row[];
  error?: Error;
  loading: boolean;
  again(): void;
}

/** How long changes are gathered before runs are read again, in milliseconds. Points do not wait for it. */
const patience = 1000;

/** The chosen runs, read again as the ledger changes. */
export function useRuns(s: Settings, columns?: string[] | null): Chosen {
  const host = useHost();
  const key = JSON.stringify([s.runs, s.runs.length > 0 ? '' : [s.filter, s.newest], columns]);
  const [state, set] = useState<{ rows?: Row[]; error?: Error; loading: boolean }>({ loading: true });
  const [turn, setTurn] = useState(0);
  const shown = useRef(key);
  useEffect(() => {
    if (columns === null) return;
    const ending = new AbortController();
    set(old => (shown.current === key ? { ...old, loading: true } : { ...(old.rows ? { rows: old.rows } : {}), loading: true }));
    shown.current = key;
    readRuns(host.client, s, columns, ending.signal).then(
      rows => set({ rows, loading: false }),
      (error: Error) => ending.signal.aborted || set(old => ({ ...(old.rows ? { rows: old.rows } : {}), error, loading: false })),
    );
    return () => ending.abort();
  }, [host.client, key, turn]);
  useEffect(() => {
    let waiting = 0;
    const stop = host.changes(changes => {
      if (waiting === 0 && (changes.all || (changes.runs?.length ?? 0) > 0)) {
        waiting = window.setTimeout(() => ((waiting = 0), setTurn(n => n + 1)), patience);
      }
    });
    return () => (stop(), clearTimeout(waiting));
  }, [host]);
  return { ...state, again: () => setTurn(n => n + 1) };
}
