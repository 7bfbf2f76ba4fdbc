// A panel's chart without its frame: the plot, what lies over it, and the hands on it. It outlives new data, new settings and new themes.
import type { Group } from '../series/store';
import type { Settings } from '../settings';
import { onTheme, paletteOf, type Palette } from '../theme';
import { hands } from './hands';
import type { Line } from './line';
import { Overlay } from './overlay';
import { Plot } from './plot';
import { linesOf, sceneOf, shownOf, wholeOf, type Shown } from './scene';
import type { Shared } from './shared';
import { placeOf } from '../series/curve';
import { pointsAt } from './values';

/** What a board shows. */
export interface Showing {
  group: Group;
  runs: Shown[];
  settings: Settings;
  shared: Shared;
}

/** What is at the cursor, for the list beside it. */
export interface AtCursor {
  x: number;
  left: number;
  lines: Line[];
  at: Map<string, number>;
  nearest: string | null;
}

export interface Told {
  cursor(at: AtCursor | null): void;
  /** The curves that are drawn now. */
  drawn(lines: Line[]): void;
  table(): void;
}

export class Board {
  plot: Plot | null = null;
  lines: Line[] = [];
  private overlay: Overlay | null = null;
  private palette: Palette;
  private waiting = 0;
  private came = 0;
  private size = { width: 0, height: 0 };
  private readonly stops: (() => void)[];
  private letGo = (): void => undefined;
  private pointerY: number | null = null;
  private pointing = false;

  constructor(private readonly element: HTMLElement, private showing: Showing, private readonly told: Told) {
    this.palette = paletteOf(element);
    const sized = new ResizeObserver(entries => {
      const { width, height } = entries[0]!.contentRect;
      this.size = { width: Math.floor(width), height: Math.floor(height) };
      this.later();
    });
    sized.observe(element);
    showing.shared.boards++;
    this.stops = [
      () => showing.shared.boards--,
      () => sized.disconnect(),
      onTheme(() => ((this.palette = paletteOf(element)), this.later())),
      showing.shared.listen(what => (what === 'cursor' || what === 'run' ? this.point() : this.later())),
    ];
  }

  /** Shows something else. Other axes are another plot; all else is drawn by the one that there is. */
  show(showing: Showing): void {
    const { by, logX, logY } = this.showing.settings, now = showing.settings;
    this.showing = showing;
    if (by !== now.by || logX !== now.logX || logY !== now.logY) this.unplot();
    this.later();
  }

  /** Draws at the next frame, once however often it is asked for. */
  later(): void {
    if (this.waiting === 0) this.waiting = requestAnimationFrame(() => ((this.waiting = 0), this.draw()));
  }

  private draw(): void {
    const { group, runs, settings, shared } = this.showing, { width, height } = this.size;
    if (width < 40 || height < 40) return;
    const moving = shared.moving && this.plot !== null && this.lines.length > 0;
    if (!moving) this.lines = linesOf(group, runs, settings);
    const scene = sceneOf(this.lines, shared.window, settings, this.palette, moving ? this.plot!.frame().y : undefined);
    if (this.plot === null) this.begin(scene, width, height);
    this.plot!.resize(width, height);
    this.plot!.show(scene, moving ? atMost / shared.boards : Infinity);
    this.point();
    if (moving) return;
    this.told.drawn(this.lines);
    if (this.came !== group.came) this.measure(group);
  }

  /** Tells the browser's timeline how long it took from the answer to the picture, which is there when the next frame begins. */
  private measure({ metric, came }: Group): void {
    this.came = came;
    requestAnimationFrame(() => {
      performance.clearMeasures(`draw ${metric}`);
      performance.measure(`draw ${metric}`, { start: came });
    });
  }

  private begin(scene: ReturnType<typeof sceneOf>, width: number, height: number): void {
    const { shared } = this.showing, plot = (this.plot = new Plot(this.element, scene, width, height));
    this.overlay = new Overlay(plot.u.over);
    plot.u.over.addEventListener('pointermove', e => (this.pointerY = e.offsetY), { capture: true });
    this.letGo = hands(plot.u.over, this.element, {
      log: scene.logX,
      shown: () => shownOf(this.lines, shared.window, this.showing.settings), // what was done since the last frame counts too
      whole: () => wholeOf(this.lines, this.showing.settings),
      valueAt: left => plot.u.posToVal(left, 'x'),
      look: window => shared.look(window),
      point: x => ((this.pointerY = x === null ? null : this.pointerY), shared.point(x, x === null ? null : this.showing.group.metric)),
      step: by => this.step(by),
      select: (from, to) => plot.u.setSelect({ left: from, width: to - from, top: 0, height: from < to ? plot.u.over.clientHeight : 0 }, false),
      table: () => this.told.table(),
    });
  }

  /** The x of the point so many before or behind the cursor, of the curve that has most points. */
  private step(by: number): number | null {
    const { shared } = this.showing, { x: span } = this.plot!.frame();
    const line = this.lines.reduce<Line | null>((a, b) => (a && a.points.x.length >= b.points.x.length ? a : b), null);
    if (line === null) return null;
    const { x } = line.points, first = placeOf(x, span.min), last = placeOf(x, span.max, true) - 1;
    this.pointerY = null;
    if (shared.cursor === null) return x[by > 0 ? first : last] ?? null;
    const at = by > 0 ? placeOf(x, shared.cursor, true) + by - 1 : placeOf(x, shared.cursor) + by;
    return x[Math.min(last, Math.max(first, at))] ?? null;
  }

  private point(): void {
    if (this.plot === null || this.overlay === null) return;
    if (this.showing.shared.moving) return this.unpoint();
    this.pointing = true;
    const { shared, group } = this.showing, { u } = this.plot, frame = this.plot.frame();
    const x = shared.cursor !== null && shared.cursor >= frame.x.min && shared.cursor <= frame.x.max ? shared.cursor : null;
    const left = x === null ? -10 : u.valToPos(x, 'x');
    u.setCursor({ left, top: x === null ? -10 : 0 }, false);
    const at = pointsAt(this.lines, x, (3 * (frame.x.max - frame.x.min)) / Math.max(1, u.over.clientWidth));
    const here = x !== null && shared.at === group.metric;
    const nearest = here && this.pointerY !== null ? this.nearest(at, this.pointerY) : null;
    this.overlay.draw(frame, this.palette, { lines: this.lines, run: shared.run ?? nearest, veil: shared.run !== null, at });
    this.told.cursor(here ? { x, left, lines: this.lines, at, nearest } : null);
  }

  /** While the reader moves nothing is pointed at. */
  private unpoint(): void {
    if (!this.pointing) return;
    this.pointing = false;
    this.plot!.u.setCursor({ left: -10, top: -10 }, false);
    this.overlay!.clear();
    this.told.cursor(null);
  }

  /** The run whose point at the cursor is nearest to the pointer, if it is near. */
  private nearest(at: Map<string, number>, top: number): string | null {
    let best: string | null = null, least = 24;
    for (const line of this.lines) {
      const value = line.shown[at.get(line.run) ?? -1];
      const far = value === undefined ? NaN : Math.abs(this.plot!.u.valToPos(value, 'y') - top);
      if (far < least) [best, least] = [line.run, far];
    }
    return best;
  }

  private unplot(): void {
    this.letGo();
    this.plot?.destroy();
    this.plot = this.overlay = null;
  }

  close(): void {
    cancelAnimationFrame(this.waiting);
    for (const stop of this.stops) stop();
    this.unplot();
  }
}

/** So many points all charts together draw in a frame while the reader moves. */
const atMost = 40_000;
