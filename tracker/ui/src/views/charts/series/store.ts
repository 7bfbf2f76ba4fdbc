// The curves of a view: asked for when they are shown, finer where the reader looks closer, longer when points are logged.
import type { Client, LedgerChange } from '../../../api/client';
import type { Placing } from '../settings';
import { composed, curveOf, lastStep, longer, placeOf, pointsOf, type Curve, type Points } from './curve';
import { smoothed, unitOf } from './smooth';

/** Points that are asked for of a whole series, and of a part of one that is looked at closer. */
const coarse = 1500, fine = 4000, most = 10000;
/** Of fewer points than asked for by so many, none was left out: the index thins out chunks of 4096 by sixteen (tracker/index/chunk.go). */
const slack = 2048;
/** So many points are asked for at once so that smoothing is that of all points, and so many of a curve are kept. */
const exactly = 500_000, longest = 15_000;
const runsAtOnce = 100, singly = 8;

/** A curve as it is drawn: placed as wanted, smoothed. */
export interface Drawn {
  run: string;
  points: Points;
  /** The values that are drawn in full: smoothed ones where smoothing is on. */
  shown: Float64Array;
  /** The places of values that are no numbers, or infinite. */
  odd: number[];
  curve: Curve;
}

/** The curves of one metric. */
export class Group {
  readonly curves = new Map<string, Curve>();
  error: Error | undefined;
  loading = false;
  /** When the newest answer came, of performance.now. */
  came = 0;
  private readonly made = new Map<string, { curve: Curve; key: string; drawn: Drawn }>();

  constructor(readonly metric: string) {}

  /** A curve to draw; null where the run has no such metric. */
  drawn(run: string, by: Placing, weight: number): Drawn | null {
    const curve = this.curves.get(run);
    if (curve === undefined || curve.total === 0) return null;
    const key = `${by} ${weight}`, known = this.made.get(run);
    if (known && known.curve === curve && known.key === key) return known.drawn;
    let points = composed(curve);
    if (by === 'relative') points = { ...points, x: points.x.map(x => x - curve.x[0]!) };
    const odd = [...points.y.keys()].filter(i => !Number.isFinite(points.y[i]!));
    const drawn = { run, points, curve, odd, shown: weight > 0 ? smoothed(points, weight, unitOf(curve)) : points.y };
    this.made.set(run, { curve, key, drawn });
    return drawn;
  }
}

/** Keeps groups for one way of placing points, and tells who draws them of news. */
export class Store {
  private readonly groups = new Map<string, Group>();
  private readonly told = new Map<string, Set<() => void>>();
  private readonly asking = new Set<string>();
  private readonly dirty = new Set<string>();
  private readonly ending = new AbortController();
  private runs: string[] = [];
  private turn = 0;
  private exact = false;

  constructor(private readonly client: Client, private readonly by: 'step' | 'time') {}

  group(metric: string): Group {
    const group = this.groups.get(metric) ?? new Group(metric);
    this.groups.set(metric, group);
    return group;
  }

  /** Calls back at news of a metric, whose curves are asked for from now on. Returns how to stop. */
  watch(metric: string, heard: () => void): () => void {
    const all = this.told.get(metric) ?? new Set();
    this.told.set(metric, all.add(heard));
    void this.load(metric);
    return () => {
      all.delete(heard);
      if (all.size === 0) this.told.delete(metric);
    };
  }

  choose(runs: string[]): void {
    this.runs = runs;
    for (const metric of this.told.keys()) void this.load(metric);
  }

  close(): void {
    this.ending.abort();
  }

  private tell(metric: string): void {
    for (const heard of this.told.get(metric) ?? []) heard();
  }

  private async ask(query: { run: string[]; metric: string[]; points: number; from?: number; to?: number }) {
    const answer = await this.client.get('/api/series', { by: this.by, ...query }, this.ending.signal);
    return answer.series ?? [];
  }

  /** Asks for the curves of a metric that are not there yet; again for those of runs named. */
  async load(metric: string, again: string[] = [], points = coarse): Promise<void> {
    const group = this.group(metric);
    const missing = this.runs.filter(run => (again.includes(run) || !group.curves.has(run)) && !this.asking.has(`${metric} ${run}`));
    if (missing.length === 0) return this.tell(metric);
    for (const run of missing) this.asking.add(`${metric} ${run}`);
    group.loading = true;
    delete group.error;
    try {
      for (let at = 0; at < missing.length; at += runsAtOnce) {
        const part = missing.slice(at, at + runsAtOnce);
        const found = new Map((await this.ask({ run: part, metric: [metric], points })).map(c => [c.run, curveOf(c)]));
        group.came = performance.now();
        for (const run of part) {
          const curve = found.get(run) ?? { run, total: 0, whole: true, ...pointsOf({ run, metric, points: 0, x: [], y: [] }) };
          const old = group.curves.get(run)?.detail;
          group.curves.set(run, old ? { ...curve, detail: old } : curve);
        }
        this.tell(metric);
      }
    } catch (error) {
      if (!this.ending.signal.aborted) group.error = error as Error;
    }
    for (const run of missing) this.asking.delete(`${metric} ${run}`);
    group.loading = false;
    this.tell(metric);
    if (this.exact && points === coarse) this.complete(metric);
  }

  /** With `exact`, curves that are not longer than an answer can be are asked for whole: a mean of thinned out points is another mean. */
  smoothing(exact: boolean): void {
    this.exact = exact;
    if (exact) for (const metric of this.told.keys()) this.complete(metric);
  }

  private complete(metric: string): void {
    const lacking = [...this.group(metric).curves.values()].filter(c => !c.whole && c.total <= most);
    if (lacking.length > 0 && lacking.reduce((n, c) => n + c.total, 0) <= exactly) void this.load(metric, lacking.map(c => c.run), most);
  }

  /** Asks for all points of a part of the x axis where not all are here. `shift` tells what a run's x has been moved by. */
  async refine(window: [number, number], shift: (c: Curve) => number): Promise<void> {
    const turn = ++this.turn;
    for (const metric of this.told.keys()) {
      const wanted = [...this.group(metric).curves.values()].flatMap(c => stepsOf(c, window[0] + shift(c), window[1] + shift(c)));
      for (const part of together(wanted)) {
        try {
          const answer = await this.ask({ run: part.map(w => w.curve.run), metric: [metric], points: fine, from: part[0]!.from, to: part[0]!.to });
          if (turn !== this.turn) return; // the reader looks elsewhere by now
          for (const c of answer) {
            const curve = this.group(metric).curves.get(c.run);
            const { from, to } = part[0]!;
            if (curve) this.group(metric).curves.set(c.run, { ...curve, detail: { points: pointsOf(c), from, to, whole: (c.x?.length ?? 0) < fine - slack } });
          }
        } catch (error) {
          if (!this.ending.signal.aborted) this.group(metric).error = error as Error;
        }
      }
      if (wanted.length > 0) this.tell(metric);
    }
  }

  /** Something changed in the ledger: runs that are shown are asked for their newest points. */
  changed(changes: LedgerChange): void {
    for (const run of this.runs) if (changes.all || changes.runs?.includes(run)) void this.extend(run);
  }

  private async extend(run: string): Promise<void> {
    if (this.asking.has(run)) return void this.dirty.add(run);
    this.asking.add(run);
    const metrics = [...this.told.keys()].filter(metric => this.group(metric).curves.has(run));
    const begun = metrics.map(metric => this.group(metric).curves.get(run)!).filter(c => c.total > 0);
    const from = begun.length > 0 ? Math.min(...begun.map(lastStep)) : 1 - 2 ** 53;
    try {
      const answer = metrics.length > 0 ? await this.ask({ run: [run], metric: metrics, points: most, from, to: 2 ** 53 }) : [];
      for (const c of answer) {
        const group = this.group(c.metric), old = group.curves.get(run);
        group.came = performance.now();
        const now = old && longer(old, curveOf(c));
        if (now && now.x.length <= longest) {
          if (now === old) continue;
          group.curves.set(run, now);
          this.tell(c.metric);
        } else void this.load(c.metric, [run]);
      }
    } catch {
      // the curve stays as it is: the page says that the server does not answer, and a change follows when it is back
    }
    this.asking.delete(run);
    if (this.dirty.delete(run)) void this.extend(run);
  }
}

/** A curve that lacks points of a part, and the steps to ask for. */
interface Lacking {
  curve: Curve;
  from: number;
  to: number;
}

function stepsOf(c: Curve, from: number, to: number): Lacking[] {
  if (c.whole) return [];
  const a = Math.max(0, placeOf(c.x, from) - 1), b = Math.min(c.x.length - 1, placeOf(c.x, to, true));
  if (b <= a || (a === 0 && b === c.x.length - 1)) return [];
  let low = c.step[a]!, high = low;
  for (let i = a; i <= b; i++) [low, high] = [Math.min(low, c.step[i]!), Math.max(high, c.step[i]!)];
  const d = c.detail;
  if (d && d.from <= low && d.to >= high && (d.whole || d.to - d.from <= 1.5 * (high - low))) return [];
  return [{ curve: c, from: Math.floor(low), to: Math.ceil(high) }];
}

/** Requests: of few curves one each, of many one for all of them. */
function together(wanted: Lacking[]): Lacking[][] {
  const parts = new Map<string, Lacking[]>();
  for (const w of wanted) parts.set(`${w.from} ${w.to}`, [...(parts.get(`${w.from} ${w.to}`) ?? []), w]);
  if (parts.size <= singly) return [...parts.values()];
  const from = Math.min(...wanted.map(w => w.from)), to = Math.max(...wanted.map(w => w.to));
  return [wanted.map(w => ({ ...w, from, to }))];
}
