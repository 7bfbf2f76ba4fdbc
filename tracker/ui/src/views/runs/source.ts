// The rows of the table: runs, read page by page, or groups of them.
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer, useHost, type Host } from '../../host';
import type { TableHandle } from '../../parts/table';
import { PagedRows } from '../../parts/table-rows';
import type { RunRow } from './fields';
import { both, orderText, quoted, type Query } from './query';

/** A row over the runs that have a value. */
export interface GroupRow {
  group: Schemas['Group'];
  key: string;
  open: boolean;
}

export type Item = RunRow | GroupRow;

export function isGroup(item: Item): item is GroupRow {
  return 'group' in item;
}

/** What the table reads. */
export interface Source {
  count: number;
  total: number | undefined;
  ready: boolean;
  error: Error | undefined;
  /** New runs above those that are read. */
  news: number;
  at(place: number): Item | undefined;
  want(from: number, to: number): void;
  toggle(key: string): void;
  again(): void;
  seen(): void;
}

type Handle = { current: TableHandle | null };

/** What of a run the table shows. */
const members = ['id', 'kind', 'name', 'status', 'stage', 'started', 'ended', 'experiment', 'experiment_id', 'parent', 'session', 'user', 'source', 'params', 'metrics', 'tags', 'more'];

function rowsOf(host: Host, query: Query, filter: string, columns: string[], changed: () => void): PagedRows<RunRow> {
  const asked = {
    filter, stage: query.stage, columns: columns.length ? columns : ['none'],
    ...(query.experiment ? { experiment: query.experiment } : {}), ...(query.order ? { order: orderText(query.order) } : {}),
  };
  return new PagedRows<RunRow>(
    ({ after, limit, hollow, total }, signal) => host.client.get('/api/runs', { ...asked, limit, ...(after ? { after } : {}), ...(total ? { total } : {}), ...(hollow ? { fields: ['id'], columns: ['none'] } : { fields: members }) }, signal),
    row => row.id,
    changed,
  );
}

/** Changes come in bursts while something trains: the table asks at most once in so many milliseconds. */
const patience = 1000;

export function useSource(query: Query, columns: string[], ready: boolean, handle: Handle): Source {
  const host = useHost();
  const [version, draw] = useReducer((n: number) => n + 1, 0);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [news, setNews] = useState(0);
  const shift = useRef(0);
  const key = JSON.stringify([query.filter, query.experiment, query.stage, query.order, query.group, columns]);
  const stores = useMemo(() => new Map<string, PagedRows<RunRow>>(), [host, key, ready]);
  useEffect(() => () => stores.forEach(s => s.close()), [stores]);
  useEffect(() => setNews(0), [key]);
  const groups = useAnswer(query.group && ready ? '/api/runs/groups' : null, {
    by: query.group, filter: query.filter, stage: query.stage, limit: 1000, ...(query.experiment ? { experiment: query.experiment } : {}),
  }, changes => Boolean(changes.all || changes.runs?.length));
  const store = (of: string, filter: string): PagedRows<RunRow> => {
    let rows = stores.get(of);
    if (!rows) {
      rows = rowsOf(host, query, filter, columns, () => draw(undefined));
      stores.set(of, rows);
      if (ready) rows.want(0, 0);
    }
    return rows;
  };
  useRefresh(host, stores, handle, query.group === '', moved => {
    shift.current += moved;
    if (moved > 0) setNews(n => n + moved);
    draw(undefined);
  });
  useLayoutEffect(() => {
    if (shift.current !== 0) handle.current?.shift(shift.current);
    shift.current = 0;
  }, [version]);
  const common = { news, seen: () => setNews(0), toggle: (of: string) => setOpen(old => toggled(old, of)) };
  if (!query.group) {
    const rows = store('', query.filter);
    return { ...common, count: rows.count, total: rows.total, ready: ready && rows.ready, error: rows.error, at: p => rows.at(p), want: (a, b) => rows.want(a, b), again: () => rows.again() };
  }
  return { ...common, ...grouped(groups.data, open, group => store(keyOf(group), both(query.filter, valueFilter(query.group, group.value)))), error: groups.error, again: groups.again };
}

const keyOf = (group: Schemas['Group']): string => (group.value === null ? 'none' : `=${group.value}`);

const valueFilter = (field: string, value: string | null): string => (value === null ? `${field} IS NULL` : `${field} = ${quoted(value)}`);

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** Groups, and behind each open one its runs. */
function grouped(data: Schemas['Groups'] | undefined, open: ReadonlySet<string>, rows: (group: Schemas['Group']) => PagedRows<RunRow>) {
  const parts: { from: number; head: GroupRow; rows?: PagedRows<RunRow> }[] = [];
  let count = 0;
  for (const group of data?.groups ?? []) {
    const key = keyOf(group);
    const part = { from: count, head: { group, key, open: open.has(key) }, ...(open.has(key) ? { rows: rows(group) } : {}) };
    parts.push(part);
    count += 1 + (part.rows ? (part.rows.ready ? part.rows.count : group.runs) : 0);
  }
  const partAt = (place: number) => parts.findLast(p => p.from <= place);
  return {
    count, total: data?.runs, ready: data !== undefined,
    at: (place: number): Item | undefined => {
      const part = partAt(place);
      return part === undefined || place === part.from ? part?.head : part.rows?.at(place - part.from - 1);
    },
    want: (from: number, to: number): void => {
      for (const part of parts) if (part.rows && part.from <= to && part.from + 1 + part.rows.count > from) part.rows.want(Math.max(0, from - part.from - 1), to - part.from - 1);
    },
  };
}

/** Brings the rows up to date when runs changed, without moving what is read. */
function useRefresh(host: Host, stores: Map<string, PagedRows<RunRow>>, handle: Handle, anchored: boolean, done: (moved: number) => void): void {
  useEffect(() => {
    let wait: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const refresh = async (): Promise<void> => {
      wait = undefined;
      last = Date.now();
      const anchor = anchored ? (handle.current?.top().row ?? 0) : 0;
      let moved = 0;
      for (const rows of stores.values()) {
        if (rows.error) rows.again();
        else moved += await rows.refresh(anchor);
      }
      done(anchored ? moved : 0);
    };
    const stop = host.changes(changes => {
      if (changes.all || changes.runs?.length) wait ??= setTimeout(() => void refresh(), Math.max(50, patience - (Date.now() - last)));
    });
    return () => (stop(), clearTimeout(wait));
  }, [host, stores, anchored]);
}
