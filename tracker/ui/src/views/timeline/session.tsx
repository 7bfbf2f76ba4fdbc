// The executions of one session.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { Empty, Failed, Loading, Stale } from '../../parts/states';
import { placed, trans } from '../../trans';
import { chosen, choices, type Filter } from './filter';
import { useKeys } from './keys';
import { OrderMap } from './map';
import { Execution } from './row';
import { useRows, type Row } from './rows';
import { SessionHead } from './sessionhead';
import { useSources } from './sources';
import { useWindow } from './window';

const rowHeight = 34;

interface Props {
  session: Schemas['SessionRow'];
  /** The execution to open and to scroll to. */
  cell: string | undefined;
  opened(cell: string | undefined): void;
}

export function Session({ session, cell, opened }: Props) {
  const rows = useRows(session.id);
  const [filter, setFilter] = useState<Filter>({ text: '', only: '' });
  const sources = useSources(session.id, filter.text.trim() !== '', rows.rows.length);
  const list = useMemo(() => chosen(rows, filter, sources), [rows, filter, sources]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string>();
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const first = useMemo(() => (active !== undefined && list.some(row => row.id === active) ? active : list[0]?.id), [active, list]);
  const view = useWindow(scroller, list.length, i => list[i]?.id ?? String(i), rowHeight);
  const longest = useMemo(() => rows.rows.reduce((most, row) => Math.max(most, row.wall_ns), 0), [rows.rows]);

  const shown = useRef<string>(undefined);

  const toggle = useCallback((row: Row): void => {
    setActive(row.id);
    setOpen(old => {
      const now = new Set(old);
      if (!now.delete(row.id)) now.add(row.id);
      shown.current = now.has(row.id) ? row.id : undefined; // it is in sight already
      opened(shown.current);
      return now;
    });
  }, [opened]);
  const activate = useCallback((row: Row) => setActive(row.id), []);
  const focus = useCallback((row: Row): void => {
    const at = list.indexOf(row);
    if (at < 0) return;
    setActive(row.id);
    view.scrollToIndex(at, { align: 'auto' });
    const take = (): boolean => {
      const line = scroller.current?.querySelector<HTMLElement>(`#gm-tl-${CSS.escape(row.id)}`);
      line?.focus({ preventScroll: true });
      return line !== null && line !== undefined;
    };
    if (!take()) requestAnimationFrame(() => requestAnimationFrame(take)); // when it is in the document
  }, [list, view]);
  useWanted(cell, shown, rows.rows, (row, at) => {
    setOpen(old => new Set(old).add(row.id));
    setActive(row.id);
    requestAnimationFrame(() => view.scrollToIndex(at, { align: 'start' })); // when the row is known to be tall
  });
  const root = useKeys({ list, active, focus, toggle, search });

  const items = view.getVirtualItems();
  const seen: [number, number] = [(list[view.range?.startIndex ?? 0]?.sequence ?? 1) - 1, (list[view.range?.endIndex ?? 0]?.sequence ?? 1) - 1];
  return (
    <div class="gm-tl-main" ref={root}>
      <SessionHead session={session} />
      <OrderMap rows={rows} show={focus} seen={seen} />
      <div class="gm-tl-tools" role="search">
        <input ref={search} class="gm-input" type="search" placeholder={trans.__('Search in sources ( / )')} aria-label={trans.__('Search in sources')} value={filter.text}
          onInput={event => setFilter({ ...filter, text: event.currentTarget.value })} />
        <select class="gm-select" aria-label={trans.__('Show')} value={filter.only} onChange={event => setFilter({ ...filter, only: event.currentTarget.value })}>
          {choices.map(c => <option key={c.value} value={c.value}>{trans.__(c.title)}</option>)}
        </select>
        <button class="gm-button" onClick={() => setOpen(open.size > 0 ? new Set() : new Set(list.map(row => row.id)))}>
          {open.size > 0 ? trans.__('Collapse all') : trans.__('Expand all')}
        </button>
        <span class="gm-dim" role="status">{told(rows.total, rows.rows.length, list.length, filter.text !== '' && !sources.done)}</span>
        <span class="gm-space" />
        <span class="gm-dim gm-tl-hint">
          {placed(trans.__('%1 %2 move, %3 opens, %4 searches', '%1', '%2', '%3', '%4'), <kbd>j</kbd>, <kbd>k</kbd>, <kbd>Enter</kbd>, <kbd>/</kbd>)}
        </span>
      </div>
      {sources.error && <p class="gm-stale" role="alert">{trans.__('The sources could not be read: %1. The search looks at first lines.', sources.error.message)}</p>}
      {rows.error && <Stale error={rows.error} />}
      <div class="gm-tl-list" ref={scroller} tabIndex={-1} role="feed" aria-busy={!rows.done} aria-label={trans.__('Cell executions')}>
        {rows.rows.length === 0 ? <Nothing done={rows.done} error={rows.error} running={session.status === 'running' || session.status === 'open'} /> : list.length === 0 && (
          <Empty title={trans.__('No execution is like that')}>
            <button class="gm-button" onClick={() => setFilter({ text: '', only: '' })}>{trans.__('Show all executions')}</button>
          </Empty>
        )}
        <div class="gm-tl-all" style={{ height: `${view.getTotalSize()}px` }}>
          <div class="gm-tl-window" style={{ top: `${items[0]?.start ?? 0}px` }}>
            {items.map(({ index, key }) => {
              const row = list[index];
              return row && (
                <div key={key} data-index={index} ref={view.measureElement} class="gm-tl-slot">
                  <Execution row={row} position={rows.position.get(row.cell_id ?? '')} before={rows.before.get(row.id)} longest={longest} open={open.has(row.id)}
                    active={row.id === first} engine={session.engine} dir={session.dir} toggle={toggle} activate={activate} />
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

/** How many executions are shown, in words. */
function told(total: number, read: number, shown: number, searching: boolean): string {
  const n = (count: number): string => count.toLocaleString('en');
  const all = shown === read && read >= total;
  let line = all ? trans._n('%2 execution', '%2 executions', total, n(total)) : trans._n('%2 of %3 executions', '%2 of %3 executions', total, n(shown), n(total));
  if (read < total) line = trans.__('%1, %2 of %3 read so far', line, n(read), n(total));
  return searching ? trans.__('%1, reading sources…', line) : line;
}

/** What stands in place of executions when there are none. */
function Nothing({ done, error, running }: { done: boolean; error: Error | undefined; running: boolean }) {
  if (error) return <Failed error={error} />;
  if (!done) return <Loading what={trans.__('the executions')} />;
  return (
    <Empty title={trans.__('No cell was executed in this session')}>
      <p>{running ? trans.__('Run a cell: it appears here at once.') : trans.__('It ended before one was.')}</p>
    </Empty>
  );
}

/** Calls back once, when the execution that the address names is among the rows. */
function useWanted(cell: string | undefined, shown: { current: string | undefined }, rows: readonly Row[], found: (row: Row, at: number) => void): void {
  useEffect(() => {
    if (cell === undefined || shown.current === cell) return;
    const at = rows.findIndex(row => row.id.startsWith(cell));
    if (at < 0) return;
    shown.current = cell;
    found(rows[at]!, at);
  }, [cell, rows]);
}
