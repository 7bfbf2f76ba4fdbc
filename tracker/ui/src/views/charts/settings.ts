// What the view shows, as its address has it. Nothing here knows how it is drawn.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useHost, type Place } from '../../host';
import { many, one } from '../view';

type Params = Place['params'];

export const kinds = ['curves', 'parallel', 'scatter', 'bars', 'importance'] as const;
export type Kind = (typeof kinds)[number];
export const placings = ['step', 'time', 'relative'] as const;
/** What points are placed by: their step, the moment, or the seconds since the series began. */
export type Placing = (typeof placings)[number];

export interface Settings {
  kind: Kind;
  runs: string[];
  filter: string;
  newest: number;
  /** Runs that are not drawn. */
  off: string[];
  /** Metrics with a panel; all when there are none. */
  metrics: string[];
  find: string;
  by: Placing;
  logX: boolean;
  logY: boolean;
  smooth: number;
  /** The part of the x axis that is shown. */
  window: [number, number] | null;
  /** Fields of the charts of runs: the axes of parallel coordinates. */
  axes: string[];
  x: string;
  y: string;
  color: string;
  group: string;
}

function figure(text: string | undefined, usual: number, least: number, most: number): number {
  const value = text === undefined || text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : usual;
}

/** The settings that an address means. What it says wrong is as if it were not said. */
export function settingsOf(p: Params): Settings {
  const kind = kinds.find(k => k === one(p, 'chart')) ?? 'curves';
  const from = Number(one(p, 'from') ?? NaN), to = Number(one(p, 'to') ?? NaN);
  return {
    kind,
    runs: many(p, 'run'),
    filter: one(p, 'filter') ?? '',
    newest: Math.round(figure(one(p, 'newest'), kind === 'curves' ? 10 : 1000, 1, kind === 'curves' ? 500 : 10000)),
    off: many(p, 'off'),
    metrics: many(p, 'metric'),
    find: one(p, 'find') ?? '',
    by: placings.find(b => b === one(p, 'by')) ?? 'step',
    logX: one(p, 'logx') === '1',
    logY: one(p, 'logy') === '1',
    smooth: figure(one(p, 'smooth'), 0, 0, 0.999),
    window: to > from ? [from, to] : null,
    axes: many(p, 'axis'),
    x: one(p, 'x') ?? '',
    y: one(p, 'y') ?? '',
    color: one(p, 'color') ?? '',
    group: one(p, 'group') ?? '',
  };
}

/** The settings and how they are changed; the address follows. A patch has the address' names; an empty text takes one away. */
export function useSettings(given: Params): { settings: Settings; change: (patch: Params) => void } {
  const host = useHost();
  const [params, set] = useState(given);
  const latest = useRef(given);
  useEffect(() => set((latest.current = given)), [given]);
  const change = useCallback(
    (patch: Params) => {
      const next: Params = {};
      for (const [name, value] of Object.entries({ ...latest.current, ...patch })) {
        if (value !== '' && value.length > 0) next[name] = value;
      }
      latest.current = next;
      set(next);
      host.restate(next);
    },
    [host],
  );
  return { settings: settingsOf(params), change };
}
