// Curves of the chosen runs: a panel for each metric, the runs beside them.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Empty } from '../../../parts/states';
import { useHost, type Place } from '../../../host';
import { trans } from '../../../trans';
import type { Row } from '../runs';
import type { Settings } from '../settings';
import { Store } from '../series/store';
import type { Curve } from '../series/curve';
import { Controls } from './controls';
import { Legend } from './legend';
import { Panel } from './panel';
import { Shared } from './shared';
import type { Shown } from './scene';

export interface CurvesProps {
  rows: Row[];
  settings: Settings;
  change(patch: Place['params']): void;
}

/** Metrics of runs, those that gemba measures of the machine last. */
export function metricsOf(rows: Row[]): string[] {
  const all = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row.metrics ?? {})) all.add(name);
  const own = (name: string): number => (name.startsWith('system/') ? 1 : 0);
  return [...all].sort((a, b) => own(a) - own(b) || (a < b ? -1 : 1));
}

const atOnce = 60;

export function Curves({ rows, settings, change }: CurvesProps) {
  const store = useStore(rows, settings), shared = useShared(settings, change, store);
  const metrics = useMemo(() => metricsOf(rows), [rows]);
  const [large, setLarge] = useState<string | null>(null);
  const off = settings.off.join();
  const shown: Shown[] = useMemo(
    () => rows.map((row, place) => ({ id: row.id, name: row.name, place })).filter(r => !settings.off.includes(r.id)),
    [rows, off],
  );
  const stable = useMemo(() => settings, [settings.by, settings.logX, settings.logY, settings.smooth]);
  const wanted = metrics.filter(m => (settings.metrics.length === 0 || settings.metrics.includes(m)) && m.toLowerCase().includes(settings.find.toLowerCase()));
  const panels = large !== null && wanted.includes(large) ? [large] : wanted;
  const [most, setMost] = useState(atOnce);
  return (
    <>
      <Controls settings={settings} metrics={metrics} change={change} shared={shared} />
      <div class="gm-charts-work">
        <Legend rows={rows} settings={settings} shared={shared} change={change} />
        <div class="gm-charts-grid">
          {panels.slice(0, most).map(metric => (
            <Panel key={metric} metric={metric} store={store} runs={shown} settings={stable} shared={shared} large={metric === large} enlarge={() => setLarge(large === metric ? null : metric)} />
          ))}
          {panels.length > most && (
            <button class="gm-button gm-charts-more" onClick={() => setMost(most + atOnce)}>
              {trans._n('Show %2 of %1 more panels', 'Show %2 of %1 more panels', panels.length - most, Math.min(atOnce, panels.length - most))}
            </button>
          )}
          {metrics.length === 0 && <Empty title={trans.__('These runs have no metrics')}>{trans.__('Metrics appear here as soon as a program logs them.')}</Empty>}
          {metrics.length > 0 && panels.length === 0 && <Empty title={trans.__('No metric has such a name')} />}
        </div>
      </div>
    </>
  );
}

/** The curves that are kept; those by step and those by time apart. */
function useStore(rows: Row[], settings: Settings): Store {
  const host = useHost(), by = settings.by === 'step' ? 'step' : 'time';
  const store = useMemo(() => new Store(host.client, by), [host.client, by]);
  const ids = rows.map(r => r.id).join();
  useEffect(() => store.choose(ids === '' ? [] : ids.split(',')), [store, ids]);
  useEffect(() => host.changes(changes => store.changed(changes)), [host, store]);
  useEffect(() => store.smoothing(settings.smooth > 0), [store, settings.smooth > 0]);
  useEffect(() => () => store.close(), [store]);
  return store;
}

/** What panels share. Where the reader looks is in the address, and finer points are asked for there. */
function useShared(settings: Settings, change: CurvesProps['change'], store: Store): Shared {
  const shared = useMemo(() => new Shared(), []);
  const latest = useRef(settings);
  latest.current = settings;
  useMemo(() => (shared.window = settings.window), []); // as the address has it
  const refine = useMemo(() => () => {
    const { by } = latest.current;
    if (shared.window) void store.refine(shared.window, (c: Curve) => (by === 'relative' ? c.x[0] ?? 0 : 0));
  }, [store]);
  useEffect(() => {
    const timer = setTimeout(refine, 500);
    const stop = shared.listen(what => {
      if (what !== 'rest') return;
      refine();
      const at = shared.window;
      change({ from: at ? String(Number(at[0].toPrecision(12))) : '', to: at ? String(Number(at[1].toPrecision(12))) : '' });
    });
    return () => (stop(), clearTimeout(timer));
  }, [shared, refine, change]);
  useEffect(() => () => shared.close(), [shared]);
  return shared;
}

