// One run's curve on a canvas: what was logged faintly behind what is smoothed, with its colour, dash and marks.
import uPlot from 'uplot';
import type { Points } from '../series/curve';
import type { Look } from '../look';
import type { Palette } from '../theme';
import { groupFor, thinned } from '../series/thin';
import { drawMark, drawMarks, placesIn, strokeTrace, trace, type Frame } from './draw';

export interface Line {
  run: string;
  name: string;
  place: number;
  look: Look;
  points: Points;
  shown: Float64Array;
  /** The places of values that are no numbers, or infinite. */
  odd: number[];
}

/** How a line is drawn among others. */
export interface Drawing {
  palette: Palette;
  /** How many lines there are. */
  among: number;
  /** How many points of the line are drawn at most: the least and the greatest of each few behind each other stand for all. */
  most: number;
  bold?: boolean;
}

/** From so many curves on they are drawn thinner and without marks; from so many on without dashes. */
const crowd = 24, dashed = 32;

export function drawLine(c: CanvasRenderingContext2D, f: Frame, l: Line, { palette, among, most, bold = false }: Drawing): void {
  const ratio = uPlot.pxRatio, many = among > crowd, smooth = l.shown !== l.points.y;
  const [from, to] = placesIn(l.points.x, f), group = groupFor(to - from, smooth ? most / 2 : most);
  c.strokeStyle = c.fillStyle = palette.series[l.look.color]!;
  c.lineJoin = 'round';
  if (smooth) {
    c.globalAlpha = many && !bold ? 0.12 : 0.25;
    strokeTrace(c, trace(thinned(l.points.x, l.points.y, group, f), f), ratio);
  }
  c.globalAlpha = many && !bold ? 0.85 : 1;
  if (l.look.dash.length > 0 && (bold || among <= dashed)) c.setLineDash(l.look.dash.map(d => d * ratio));
  const shown = trace(thinned(l.points.x, l.shown, group, f), f);
  strokeTrace(c, shown, (bold ? 2.5 : many ? 1 : 1.5) * ratio);
  c.setLineDash([]);
  for (const [x, y] of shown.dots) drawMark(c, l.look.mark, x, y, 0.8 * ratio);
  if (!many || bold) drawMarks(c, l.look.mark, l.place, l.points.x, l.shown, f, ratio * (bold ? 1.1 : 0.85));
}
