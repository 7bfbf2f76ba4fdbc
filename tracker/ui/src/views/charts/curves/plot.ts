// A chart: uPlot's axes, scales and canvas with our own curves in them, since each run has an x of its own, and putting a hundred of
// them into one table, as uPlot wants them, takes seconds.
import uPlot from 'uplot';
import type { Palette } from '../theme';
import { drawMark, scales, type Frame } from './draw';
import { drawLine, type Line } from './line';
import { logTicks, moment, seconds, tick, type Span } from './axes';

export interface Scene {
  lines: Line[];
  x: Span;
  y: Span;
  logX: boolean;
  logY: boolean;
  /** How x is written: numbers, moments or spans of time. */
  kind: 'step' | 'time' | 'relative';
  palette: Palette;
}

export class Plot {
  readonly u: uPlot;
  /** Milliseconds that drawing took last. */
  took = 0;
  draws = 0;
  private most = Infinity;

  constructor(parent: HTMLElement, private scene: Scene, width: number, height: number) {
    const { logX, logY, kind } = scene;
    const axis = (side: 0 | 1) => ({
      scale: side === 0 ? 'x' : 'y', stroke: () => this.scene.palette.dim, font: '11px system-ui, sans-serif', size: side === 0 ? 26 : 50, gap: 4,
      grid: { stroke: () => this.scene.palette.line, width: 1, show: side === 1 }, ticks: { stroke: () => this.scene.palette.line, size: 4, width: 1 },
    });
    const write = (word: (v: number) => string) => (_: uPlot, values: number[]) => values.map(v => (v === null ? '' : word(v)));
    // uPlot's own places of logarithmic axes want ends that are powers of ten, and never come to an end with some others
    const round = (log: boolean, space: number): Partial<uPlot.Axis> =>
      log ? { splits: (u, i, min, max) => logTicks(min, max, Math.max(2, (i === 0 ? u.width : u.height) / space)), filter: (_, splits) => splits } : {};
    this.u = new uPlot(
      {
        width, height, padding: [8, 18, 0, 0], legend: { show: false }, series: [{}, { show: false }],
        cursor: { show: true, y: false, points: { show: false }, drag: { x: false, y: false, setScale: false }, bind: silent },
        scales: {
          x: { time: kind === 'time', distr: logX ? 3 : 1, auto: false, range: (): uPlot.Range.MinMax => [this.scene.x.min, this.scene.x.max] },
          y: { distr: logY ? 3 : 1, auto: false, range: (): uPlot.Range.MinMax => [this.scene.y.min, this.scene.y.max] },
        },
        axes: [
          { ...axis(0), values: kind === 'time' ? (_, values, __, ___, apart) => values.map(v => moment(v, apart)) : write(kind === 'step' ? tick : seconds), space: 64, ...round(logX, 90) },
          { ...axis(1), values: write(tick), space: 34, ...round(logY, 34) },
        ],
        hooks: { draw: [() => this.paint()] },
      },
      this.ends(),
      parent,
    );
  }

  private ends(): uPlot.AlignedData {
    return [[this.scene.x.min, this.scene.x.max], [null, null]];
  }

  /** Shows a scene: new points, another part, another run that is pointed at. While the reader moves, of no more than so many points. */
  show(scene: Scene, most = Infinity): void {
    this.scene = scene;
    this.most = most;
    this.u.batch(() => {
      this.u.setData(this.ends(), false);
      this.u.setScale('x', { ...scene.x });
      this.u.setScale('y', { ...scene.y });
    });
  }

  resize(width: number, height: number): void {
    if (width !== this.u.width || height !== this.u.height) this.u.setSize({ width, height });
  }

  frame(): Frame {
    const { x, y, logX, logY } = this.scene;
    return { ...this.u.bbox, x, y, logX, logY };
  }

  private paint(): void {
    const c = this.u.ctx, f = this.frame(), began = performance.now(), { lines, palette } = this.scene;
    const drawing = { palette, among: lines.length, most: this.most / lines.length };
    c.save();
    c.beginPath();
    c.rect(f.left, f.top, f.width, f.height);
    c.clip();
    for (const line of lines) drawLine(c, f, line, drawing);
    c.globalAlpha = 1;
    this.noNumbers(c, f, palette);
    c.restore();
    this.draws++;
    this.took = performance.now() - began;
  }

  /** Where values are no numbers there is no curve: crosses at the lower edge say so, arrowheads at the edges where they are infinite. */
  private noNumbers(c: CanvasRenderingContext2D, f: Frame, palette: Palette): void {
    const { px } = scales(f), ratio = uPlot.pxRatio;
    for (const { points: { x, y }, odd, look } of this.scene.lines) {
      let free = -Infinity;
      c.fillStyle = palette.series[look.color]!;
      for (const i of odd) {
        if (x[i]! < f.x.min || x[i]! > f.x.max) continue;
        const at = px(x[i]!);
        if (at < free) continue;
        free = at + 9 * ratio;
        const up = y[i] === Infinity;
        drawMark(c, Number.isNaN(y[i]!) ? 6 : up ? 2 : 4, at, up ? f.top + 6 * ratio : f.top + f.height - 6 * ratio, 0.9 * ratio);
      }
    }
  }

  destroy(): void {
    this.u.destroy();
  }
}

/** uPlot hears of no mouse: hands.ts does, and of keys and wheels too. */
const off = (): null => null;
const silent = { mousedown: off, mouseup: off, click: off, dblclick: off, mousemove: off, mouseleave: off, mouseenter: off };
