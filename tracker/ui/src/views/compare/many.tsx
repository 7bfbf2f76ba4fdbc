import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useHost } from '../../host';
import { number, short } from '../../parts/format';
import { Empty, Failed, Loading } from '../../parts/states';
import { Table, type TableColumn } from '../../parts/table';
import { PagedRows } from '../../parts/table-rows';
import { trans } from '../../trans';
import { absolute, relative } from './delta';
import { Find } from './find';
import { most } from './sides';

type Answer = Schemas['ManyDifferences'];
type RunRow = NonNullable<Answer['runs']>[number];
type Key = Schemas['KeyDifference'];
type Showing = 'values' | 'difference' | 'relative';

/** The params, metrics and tags that differ among many runs: a row for each key, a column for each run. */
export function Many({ runs, find: given }: { runs: string[]; find: string }) {
  const host = useHost();
  const [all, setAll] = useState(false);
  const [find, setFind] = useState(given);
  useEffect(() => setFind(given), [given]);
  const [against, setAgainst] = useState(0);
  const [showing, setShowing] = useState<Showing>('values');
  const { rows, told } = useKeys(runs.slice(0, most), all, find);
  const look = (text: string): void => {
    setFind(text);
    host.restate({ run: runs, ...(text.trim() ? { find: text } : {}) });
  };
  const columns = useMemo(() => columnsOf(told?.runs ?? [], against, showing), [told, against, showing]);
  return (
    <div class="gm-view gm-compare-runs">
      <header class="gm-head">
        <h1>{trans.__('Compare')}</h1>
        {told && <span class="gm-dim" role="status">{summary(told, find)}</span>}
        <span class="gm-space" />
        <Find find={find} onFind={look} into=".gm-compare-runs .gm-grid" />
        <label>{trans.__('Against')} <select class="gm-select" value={against} onChange={event => setAgainst(Number(event.currentTarget.value))}>
          {told?.runs?.map((run, at) => <option key={run.id} value={at}>{run.name || short(run.id)}</option>)}
        </select></label>
        <select class="gm-select" aria-label={trans.__('Metrics as')} value={showing} onChange={event => setShowing(event.currentTarget.value as Showing)}>
          <option value="values">{trans.__('Values')}</option>
          <option value="difference">{trans.__('Difference')}</option>
          <option value="relative">{trans.__('Difference in percent')}</option>
        </select>
        <label class="gm-compare-all"><input type="checkbox" checked={all} onChange={event => setAll(event.currentTarget.checked)} /> {trans.__('Also what was measured of the machine')}</label>
      </header>
      {runs.length > most && <p class="gm-stale" role="alert">{trans._n('Only the first %2 of %1 runs are compared.', 'Only the first %2 of %1 runs are compared.', runs.length, most)}</p>}
      {rows.error && <Failed error={rows.error} again={() => rows.again()} />}
      {!rows.ready && !rows.error && <Loading what={trans.__('the runs')} />}
      {rows.ready && rows.count === 0 && (told?.total
        ? <Empty title={trans.__('No key that differs is called so')}><p><button class="gm-link" onClick={() => look('')}>{trans.__('Show all keys')}</button></p></Empty>
        : <Empty title={trans.__('No difference is known')}><p>{trans.__('What the runs logged is the same.')}</p></Empty>)}
      {rows.ready && rows.count > 0 && <Table name="Differences" label={trans.__('Differences')} columns={columns} count={rows.count} row={at => rows.at(at)} onShown={(from, to) => rows.want(from, to)} sticky={1} />}
    </div>
  );
}

function summary(told: Answer, find: string): string {
  const of = (n: number): string => n.toLocaleString('en');
  const runs = told.runs?.length ?? 0;
  const keys = find.trim()
    ? trans._n('%2 of %3 keys differ, %4 do not', '%2 of %3 keys differ, %4 do not', told.total, of(told.found), of(told.total), of(told.same))
    : trans._n('%2 key differs, %3 do not', '%2 keys differ, %3 do not', told.total, of(told.total), of(told.same));
  return `${trans._n('%2 run', '%2 runs', runs, of(runs))} · ${keys}`;
}

/** The keys that differ, page by page; those of before until the first page is there. */
function useKeys(runs: string[], all: boolean, find: string) {
  const host = useHost();
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const [told, tell] = useState<Answer>();
  const rows = useMemo(() => new PagedRows<Key>(
    async ({ after, limit }, signal) => {
      const page = await host.client.get('/api/compare/runs', { run: runs, all, limit, ...(find.trim() ? { find } : {}), ...(after ? { after, fields: ['items', 'next', 'found'] } : {}) }, signal);
      if (after === '') tell(page);
      return { items: page.items, total: page.found, ...(page.next ? { next: page.next } : {}) };
    },
    row => `${row.space}.${row.key}`,
    () => draw(undefined),
  ), [host, runs.join(), all, find.trim()]);
  useEffect(() => (rows.want(0, 0), () => rows.close()), [rows]);
  const last = useRef(rows);
  if (rows.ready || rows.error) last.current = rows;
  return { rows: last.current, told };
}

interface Value {
  text: string;
  figure?: number;
}

const values = new WeakMap<Key, (Value | undefined)[]>();

/** What each run has under a key; made when the row is drawn first. */
function valuesOf(row: Key): (Value | undefined)[] {
  let list = values.get(row);
  if (!list) {
    list = [];
    for (const [i, run] of (row.runs ?? []).entries()) {
      const figure = row.numbers?.[i];
      list[run] = figure === undefined ? { text: row.texts?.[i] ?? '' } : { text: String(figure), figure: Number(figure) };
    }
    values.set(row, list);
  }
  return list;
}

function columnsOf(runs: RunRow[], against: number, showing: Showing): TableColumn<Key>[] {
  const key: TableColumn<Key> = {
    id: 'key', title: trans.__('Key'), width: 240, text: row => `${row.space}.${row.key}`,
    show: row => <><span class="gm-dim">{row.space} </span><span dir="auto">{row.key}</span></>,
  };
  return [key, ...runs.map((run, at): TableColumn<Key> => ({
    id: run.id, title: run.name || short(run.id), group: at === against ? trans.__('against this') : short(run.id), width: 130,
    text: row => valuesOf(row)[at]?.text,
    show: row => <Shown value={valuesOf(row)[at]} base={valuesOf(row)[against]} own={at === against} showing={showing} />,
  }))];
}

/** A value; what is the same as that of the run it is held against stands back. */
function Shown({ value, base, own, showing }: { value: Value | undefined; base: Value | undefined; own: boolean; showing: Showing }) {
  if (value === undefined) return <span class="gm-dim" aria-label={trans.__('not there')}>–</span>;
  const same = !own && base !== undefined && base.text === value.text;
  if (value.figure === undefined) return <span class={same ? 'gm-compare-same' : ''} dir="auto">{value.text}</span>;
  const by = !own && base?.figure !== undefined && showing !== 'values' ? (showing === 'difference' ? absolute : relative)(base.figure, value.figure) : '';
  return <span class={`gm-compare-figure${same ? ' gm-compare-same' : ''}`}>{by || number(value.figure)}</span>;
}
