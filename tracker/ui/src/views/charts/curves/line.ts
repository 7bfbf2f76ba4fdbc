// One run's curve on a canvas: what was logged faintly behind what is smoothed, with its colour, dash and marks.
import uPlot from 'uplot';
import type { Points } from '../series/curve';
import type { Look } from '../look';
import type { Palette } from '../theme';
import { drawMark, drawMarks, trace, type Frame } from './draw';

export interface Line {
  run: string;
  name: string;
  place: number;
  look: Look;
  points: Points;
  shown: Float64Array;
}

/** From so many curves on they are drawn thinner and without marks; from so many on without dashes. */
const crowd = 24, dashed = 32;

export function drawLine(c: CanvasRenderingContext2D, f: Frame, l: Line, palette: Palette, among: number, bold = false): void {
  const ratio = uPlot.pxRatio, many = among > crowd;
  c.strokeStyle = c.fillStyle = palette.series[l.look.color]!;
  c.lineJoin = 'round';
  if (l.shown !== l.points.y) {
    c.globalAlpha = many && !bold ? 0.12 : 0.25;
    c.lineWidth = ratio;
    c.stroke(trace(l.points.x, l.points.y, f).path);
  }
  c.globalAlpha = many && !bold ? 0.85 : 1;
  c.lineWidth = (bold ? 2.5 : many ? 1 : 1.5) * ratio;
  if (l.look.dash.length > 0 && (bold || among <= dashed)) c.setLineDash(l.look.dash.map(d => d * ratio));
  const { path, dots } = trace(l.points.x, l.shown, f);
  c.stroke(path);
  c.setLineDash([]);
  for (const [x, y] of dots) drawMark(c, l.look.mark, x, y, 0.8 * ratio);
  if (!many || bold) drawMarks(c, l.look.mark, l.place, l.points.x, l.shown, f, ratio * (bold ? 1.1 : 0.85));
}
