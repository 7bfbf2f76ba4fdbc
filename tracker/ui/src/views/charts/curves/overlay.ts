// What lies over the curves and follows the pointer: the run that is pointed at, and the points at the cursor. The curves are not drawn anew for it.
import uPlot from 'uplot';
import type { Palette } from '../theme';
import { drawMark, scales, type Frame } from './draw';
import { placed } from './axes';
import { drawLine, type Line } from './line';

export interface Pointed {
  lines: Line[];
  run: string | null;
  /** Others step back. */
  veil: boolean;
  /** Places of the points at the cursor, by run; -1 where a run has none. */
  at: Map<string, number>;
}

export class Overlay {
  private readonly canvas = document.createElement('canvas');

  constructor(parent: HTMLElement) {
    this.canvas.className = 'gm-charts-overlay';
    parent.append(this.canvas);
  }

  clear(): void {
    this.canvas.getContext('2d')!.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  draw(frame: Frame, palette: Palette, pointed: Pointed): void {
    const f = { ...frame, left: 0, top: 0 };
    if (this.canvas.width !== f.width || this.canvas.height !== f.height) [this.canvas.width, this.canvas.height] = [f.width, f.height];
    const c = this.canvas.getContext('2d')!;
    this.clear();
    const line = pointed.lines.find(l => l.run === pointed.run);
    if (line && pointed.veil) {
      c.globalAlpha = 0.72;
      c.fillStyle = palette.ground;
      c.fillRect(0, 0, f.width, f.height);
      c.globalAlpha = 1;
    }
    if (line) drawLine(c, f, line, { palette, among: 1, most: Infinity, bold: true });
    this.points(c, f, palette, pointed);
  }

  private points(c: CanvasRenderingContext2D, f: Frame, palette: Palette, { lines, at, run, veil }: Pointed): void {
    if (at.size === 0 || lines.length > 40) return;
    const { px, py } = scales(f), ratio = uPlot.pxRatio;
    c.globalAlpha = 1;
    for (const line of lines) {
      const i = at.get(line.run) ?? -1, value = line.shown[i] ?? NaN;
      if (i < 0 || !placed(value, f.logY) || (veil && run !== null && line.run !== run)) continue;
      const x = px(line.points.x[i]!), y = py(value);
      c.fillStyle = palette.ground;
      drawMark(c, 0, x, y, 1.45 * ratio);
      c.fillStyle = palette.series[line.look.color]!;
      drawMark(c, line.look.mark, x, y, ratio);
    }
  }
}
