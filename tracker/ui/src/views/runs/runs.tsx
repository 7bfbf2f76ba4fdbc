import './runs.css';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Fault } from '../../api/client';
import { useAnswer, useHost, type Place } from '../../host';
import { Empty, Failed, Loading, Stale } from '../../parts/states';
import { Table, type TableColumn, type TableHandle } from '../../parts/table';
import { placed, trans } from '../../trans';
import { Columns, GroupBy } from './chooser';
import { columnOf, fieldNamed, usualFields, type Field, type RunRow } from './fields';
import { Filter } from './filter';
import { Menu } from './menu';
import { RunPanel } from './panel';
import { nextOrder, orderText, paramsOf, queryOf, type Query } from './query';
import { Saved } from './saved';
import { isGroup, useSource, type Item, type Source } from './source';

/** The query of this view: what the address says, until the reader changes it. */
function useQuery(params: Place['params']): [Query, (change: Partial<Query>) => void] {
  const host = useHost();
  const [query, set] = useState(() => queryOf(params));
  useEffect(() => set(queryOf(params)), [params]);
  const change = useCallback((change: Partial<Query>) => set(old => {
    const next = { ...old, ...change };
    host.restate(paramsOf(next));
    return next;
  }), [host]);
  return [query, change];
}

export function Runs({ params }: { params: Place['params'] }) {
  const [query, change] = useQuery(params);
  const handle = useRef<TableHandle | null>(null);
  const known = useAnswer('/api/runs/columns', { limit: 1000 }, changes => Boolean(changes.all || changes.runs?.length));
  const fields = useMemo(() => known.data?.items ?? [], [known.data]);
  const names = query.columns?.join() ?? usualFields(fields).map(f => f.name).join();
  const shown = useMemo(() => query.columns?.map(name => fieldNamed(name, fields)) ?? usualFields(fields), [names, fields]);
  const source = useSource(query, useMemo(() => shown.map(f => f.name), [names]), known.data !== undefined || query.columns !== undefined, handle);
  const [selected, select] = useSelection(source);
  const wrong = source.error instanceof Fault && source.error.code === 'wrong_filter';
  const open = (run: string): void => change({ run });
  return (
    <div class="gm-view gm-runs">
      <Head query={query} change={change} fields={fields} shown={shown} source={source} />
      {selected.size > 0 && <Selection selected={selected} clear={() => select.clear()} />}
      <div class="gm-runs-main">
        <div class="gm-runs-table">
          {source.error && !wrong && (source.ready ? <Stale error={source.error} again={source.again} /> : <Failed error={source.error} again={source.again} />)}
          {known.error && !known.data && !source.error && <Failed error={known.error} again={known.again} />}
          {source.news > 0 && <News source={source} handle={handle} />}
          <Body source={source} query={query} shown={shown} selected={selected} select={select.range} change={change} open={open} handle={handle} wrong={wrong} />
        </div>
        {query.run && <RunPanel key={query.run} id={query.run} close={() => change({ run: '' })} open={open} />}
      </div>
    </div>
  );
}

interface BodyProps {
  source: Source;
  query: Query;
  shown: Field[];
  selected: ReadonlySet<string>;
  select(from: number, to: number, selected: boolean): void;
  change(change: Partial<Query>): void;
  open(run: string): void;
  handle: { current: TableHandle | null };
  wrong: boolean;
}

function Body({ source, query, shown, selected, select, change, open, handle, wrong }: BodyProps) {
  const columns = useMemo(() => shown.map(f => forItems(columnOf(f), f.key === 'run_name' && f.space === 'attributes' ? open : undefined)), [shown]);
  const order = (name: string): void => {
    const field = shown.find(f => f.name === name);
    change({ order: nextOrder(query.order, name, field?.space === 'metrics' || field?.type === 'date-time') });
  };
  if (wrong) return <Empty title={trans.__('The filter is not understood')}><p>{trans.__('Above it says where. No runs are shown until it is right.')}</p></Empty>;
  if (!source.ready) return source.error ? null : <Loading what={trans.__('runs')} />;
  if (source.count === 0) return <Nothing query={query} change={change} />;
  return (
    <Table<Item> name="Runs" label={trans.__('Runs')} columns={columns} count={source.count} row={source.at} onShown={source.want} sticky={2} order={query.order} onOrder={order} handle={handle}
      heading={query.group ? item => headingOf(item, query.group) : undefined} selected={item => !isGroup(item) && selected.has(item.id)} onSelect={select}
      current={item => !isGroup(item) && item.id === query.run} onOpen={item => (isGroup(item) ? source.toggle(item.key) : open(item.id))} />
  );
}

function headingOf(item: Item, by: string) {
  if (!isGroup(item)) return undefined;
  const { value, runs } = item.group;
  return {
    open: item.open,
    show: <><span class="gm-runs-by">{by.replaceAll('`', '')}</span> <span dir="auto" class="gm-cut">{value ?? trans.__('none')}</span> <span class="gm-chip">{runs.toLocaleString('en')}</span></>,
  };
}

/** A column of runs in a table that has groups too. The name opens its run. */
function forItems(column: TableColumn<RunRow>, open?: (run: string) => void): TableColumn<Item> {
  return {
    ...column,
    show: item => isGroup(item) ? null : open ? <button class="gm-link gm-runs-name" tabIndex={-1} onClick={() => open(item.id)}>{column.show(item)}</button> : column.show(item),
    text: item => (isGroup(item) ? undefined : column.text?.(item)),
  };
}

/** Which runs are selected, by their ids. */
function useSelection(source: Source) {
  const [selected, set] = useState<ReadonlySet<string>>(new Set());
  const range = (from: number, to: number, on: boolean): void => set(old => {
    const next = new Set(old);
    for (let at = Math.min(from, to); at <= Math.max(from, to); at++) {
      const item = source.at(at);
      if (item && !isGroup(item)) on ? next.add(item.id) : next.delete(item.id);
    }
    return next;
  });
  return [selected, { range, clear: () => set(new Set()) }] as const;
}

const mostCompared = 500;

function Selection({ selected, clear }: { selected: ReadonlySet<string>; clear(): void }) {
  const host = useHost();
  const run = [...selected];
  return (
    <div class="gm-runs-selection" role="region" aria-label={trans.__('Selected runs')}>
      <strong role="status">{trans._n('%1 selected', '%1 selected', run.length)}</strong>
      <button class="gm-button gm-primary" disabled={run.length < 2 || run.length > mostCompared} title={run.length < 2 ? trans.__('Select two runs or more') : trans.__('Up to %1 runs', mostCompared)} onClick={() => host.go({ view: 'compare', params: { run } })}>{trans.__('Compare')}</button>
      <button class="gm-button" disabled={run.length > mostCompared} onClick={() => host.go({ view: 'charts', params: { run } })}>{trans.__('Charts')}</button>
      <button class="gm-button" onClick={clear}>{trans.__('Clear')}</button>
    </div>
  );
}

/** Runs came above those that are read. */
function News({ source, handle }: { source: Source; handle: { current: TableHandle | null } }) {
  return (
    <button class="gm-button gm-primary gm-runs-news" onClick={() => (handle.current?.scrollTo(0), source.seen())}>
      ↑ {trans._n('%1 new run', '%1 new runs', source.news)}
    </button>
  );
}

function Nothing({ query, change }: { query: Query; change(change: Partial<Query>): void }) {
  if (query.filter || query.experiment || query.stage === 'deleted') {
    return (
      <Empty title={trans.__('No runs fit')}>
        <p>{trans.__('The ledger may have others.')} <button class="gm-link" onClick={() => change({ filter: '', experiment: '', stage: 'active' })}>{trans.__('Show all runs')}</button></p>
      </Empty>
    );
  }
  const others = trans.__('Programs log with package track, or with an MLflow client and %1; %2 brings what was logged elsewhere. They appear here at once.', '%1', '%2');
  return (
    <Empty title={trans.__('No runs yet')}>
      <p>{trans.__('A run begins when a cell logs something. In a cell that gemba records:')}</p>
      <pre class="gm-runs-try">%param lr=0.01{'\n'}%metric loss=0.1</pre>
      <p>{placed(others, <code>gemba serve</code>, <code>gemba import</code>)}</p>
    </Empty>
  );
}

interface HeadProps {
  query: Query;
  change(change: Partial<Query>): void;
  fields: Field[];
  shown: Field[];
  source: Source;
}

function Head({ query, change, fields, shown, source }: HeadProps) {
  const experiments = useAnswer('/api/experiments', { limit: 1000 }, changes => Boolean(changes.all || changes.runs?.length));
  const saved = { filter: query.filter, ...(query.order ? { order: orderText(query.order) } : {}), ...(query.columns ? { columns: query.columns } : {}) };
  return (
    <header class="gm-head gm-runs-head">
      <h1>{trans.__('Runs')}</h1>
      <span class="gm-dim gm-runs-count" role="status">{source.total?.toLocaleString('en') ?? ''}</span>
      <select class="gm-select" aria-label={trans.__('Experiment')} value={query.experiment} onChange={event => change({ experiment: event.currentTarget.value })}>
        <option value="">{trans.__('All experiments')}</option>
        {experiments.data?.items?.map(e => <option key={e.id} value={e.name}>{e.name} ({e.runs})</option>)}
        {query.experiment && !experiments.data?.items?.some(e => e.name === query.experiment) && <option value={query.experiment}>{query.experiment}</option>}
      </select>
      <select class="gm-select" aria-label={trans.__('Stage')} value={query.stage} onChange={event => change({ stage: event.currentTarget.value as Query['stage'] })}>
        <option value="active">{trans.__('Active')}</option>
        <option value="deleted">{trans.__('Deleted')}</option>
        <option value="all">{trans.__('All')}</option>
      </select>
      <Filter filter={query.filter} fields={fields} error={source.error} onFilter={filter => change({ filter })} />
      <div class="gm-runs-tools">
        <Menu title={trans.__('Group')} label={trans.__('Group runs by')} pressed={query.group !== ''}>{close => <GroupBy group={query.group} onGroup={group => (change({ group }), close())} />}</Menu>
        <Menu title={trans.__('Columns')}>{() => <Columns shown={shown} onColumns={columns => change({ columns })} onUsual={() => change({ columns: undefined })} />}</Menu>
        <Menu title={trans.__('Views')} label={trans.__('Saved views')}>
          {close => <Saved query={saved} onView={v => (change({ filter: v.filter ?? '', columns: v.columns, order: queryOf({ order: v.order ?? '' }).order }), close())} />}
        </Menu>
      </div>
    </header>
  );
}
