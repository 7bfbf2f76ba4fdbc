// A metric's panel: its name, its chart, what is at the cursor, and its values as a table.
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../parts/icon';
import type { Group, Store } from '../series/store';
import type { Settings } from '../settings';
import { Board, type AtCursor } from './board';
import { Tip } from './tip';
import { Values } from './table';
import { Oddities } from './oddities';
import type { Line } from './line';
import type { Shared } from './shared';
import type { Shown } from './scene';
import { summary } from './values';
import { saveCSV, savePNG } from './download';
import { useHost } from '../../../host';
import { trans } from '../../../trans';

export interface PanelProps {
  metric: string;
  store: Store;
  runs: Shown[];
  settings: Settings;
  shared: Shared;
  large: boolean;
  enlarge(): void;
}

/** Whether an element is, or was, near what the reader sees. */
function useSeen(element: { current: HTMLElement | null }): boolean {
  const [seen, set] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(entries => set(entries[entries.length - 1]!.isIntersecting), { rootMargin: '200px' });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return seen;
}

export function Panel(props: PanelProps) {
  const { metric, runs, settings, large } = props;
  const host = useHost(), id = useId();
  const frame = useRef<HTMLElement>(null), seen = useSeen(frame);
  const [table, setTable] = useState(false);
  const { chart, group, lines, at, say } = useBoard(props, seen, () => setTable(t => !t));
  const text = useMemo(() => summary(metric, lines, runs.length, settings.by), [lines, metric, runs.length, settings.by]);
  return (
    <section class={`gm-card gm-charts-panel ${large ? 'gm-charts-large' : ''}`} ref={frame} aria-labelledby={`${id}-name`} data-metric={metric}>
      <header class="gm-charts-panel-head">
        <h2 class="gm-cut" id={`${id}-name`} title={metric} dir="auto">{metric}</h2>
        <Oddities lines={lines} logY={settings.logY} />
        <span class="gm-charts-tools">
          <Tool label={trans.__('Values of %1 as a table', metric)} pressed={table} act={() => setTable(!table)} icon="M1 2h14v12H1zM2.5 6v2.5h4V6zM8 6v2.5h5.500V6zM2.500 10v2.500h4V10zM8 10v2.500h5.500V10z" />
          <Tool label={trans.__('Save %1 as PNG', metric)} act={() => chart.current && savePNG(chart.current, metric, lines)} icon="M1 2h14v12H1zM2.500 3.500v7l3.500-4 3 3 2-2 2.500 2.500v-6.500z" />
          <Tool label={trans.__('Save every point of %1 as CSV', metric)} act={() => void saveCSV(host.client, metric, runs, say)} icon="M7 1h2v7l2.500-2.500 1.200 1.200L8 11.500 3.300 6.700l1.200-1.200L7 8zM2 13h12v2H2z" />
          <Tool label={large ? trans.__('Show all panels') : trans.__('Enlarge %1', metric)} pressed={large} act={props.enlarge} icon="M2 2h5v1.500H3.500V7H2zM9 12.500h3.500V9H14v5H9z" />
        </span>
      </header>
      <div class="gm-charts-stage">
        <div class="gm-charts-plot" ref={chart} tabIndex={0} role="application" aria-roledescription={trans.__('chart')} aria-label={metric} aria-describedby={`${id}-text`} title="" />
        {group.loading && lines.length === 0 && <p class="gm-charts-note">{trans.__('Reading %1…', metric)}</p>}
        {!group.loading && lines.length === 0 && <p class="gm-charts-note">{group.error ? group.error.message : runs.length === 0 ? trans.__('No run is shown') : trans.__('None of the runs shown has %1', metric)}</p>}
        {at && <Tip at={at} settings={settings} />}
      </div>
      <p class="gm-visually-hidden" id={`${id}-text`}>
        {text} {trans.__('Left and right arrows move the cursor, with Alt the chart; plus and minus zoom, 0 shows all, T the table.')}
      </p>
      {table && <Values metric={metric} lines={lines} settings={settings} shared={props.shared} />}
    </section>
  );
}

function Tool({ label, icon, act, pressed }: { label: string; icon: string; act(): void; pressed?: boolean }) {
  return (
    <button class="gm-charts-tool" aria-label={label} title={label} aria-pressed={pressed} onClick={act}>
      <Icon path={icon} />
    </button>
  );
}

/** The panel's board, kept while data, settings and themes change. */
function useBoard({ metric, store, runs, settings, shared }: PanelProps, seen: boolean, toggle: () => void) {
  const chart = useRef<HTMLDivElement>(null), board = useRef<Board | null>(null);
  const [lines, setLines] = useState<Line[]>([]);
  const [at, setAt] = useState<AtCursor | null>(null);
  const [, told] = useState(0);
  const group: Group = store.group(metric);
  const flip = useRef(toggle);
  flip.current = toggle;
  useEffect(() => {
    if (!seen) return;
    const made = (board.current = new Board(chart.current!, { group, runs, settings, shared }, { cursor: setAt, drawn: setLines, table: () => flip.current() }));
    const stop = store.watch(metric, () => (made.later(), told(n => n + 1)));
    return () => (stop(), made.close(), (board.current = null));
  }, [seen, store, metric, shared]);
  useEffect(() => board.current?.show({ group, runs, settings, shared }), [group, runs, settings, shared]);
  return { chart, group, lines, at, say: (text: string) => void (chart.current && (chart.current.title = text)) };
}
