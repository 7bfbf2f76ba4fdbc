// Curves as paths on a canvas. Of many points in one column of pixels those are drawn that matter: the first, the least, the greatest
// and the last (M4 of Jugel and others, "M4: a visualization-oriented time series data aggregation", 2014).
import type { Span } from './axes';
import { placed } from './axes';
import { placeOf } from '../series/curve';
import type { Thin } from '../series/thin';
import { marks } from '../look';

/** Where the plotting area lies on the canvas, in its pixels, and what it shows. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  x: Span;
  y: Span;
  logX: boolean;
  logY: boolean;
}

type Scale = (value: number) => number;

function scale(span: Span, log: boolean, from: number, to: number): Scale {
  if (log) {
    const low = Math.log(span.min), factor = (to - from) / (Math.log(span.max) - low);
    return value => from + (Math.log(value) - low) * factor;
  }
  const factor = (to - from) / (span.max - span.min);
  return value => from + (value - span.min) * factor;
}

export function scales(f: Frame): { px: Scale; py: Scale } {
  return { px: scale(f.x, f.logX, f.left, f.left + f.width), py: scale(f.y, f.logY, f.top + f.height, f.top) };
}

/** A curve to be stroked. */
export interface Trace {
  path: Path2D;
  /** Points that stand alone: no line would show them. */
  dots: [number, number][];
  /** How many points the path has. */
  points: number;
}

/** A column of pixels with what of a curve goes through it. */
class Column implements Trace {
  readonly path = new Path2D();
  readonly dots: [number, number][] = [];
  points = 0;
  private at = NaN;
  private n = 0;
  private x = 0;
  private first = 0;
  private low = 0;
  private high = 0;
  private last = 0;
  /** Where the pen is; NaN while it is lifted. */
  private pen = NaN;
  private drawn = 0;

  add(x: number, y: number): void {
    const at = Math.floor(x);
    if (at !== this.at || this.n === 0) {
      this.flush();
      this.at = at;
      this.x = x;
      this.first = this.low = this.high = y;
    } else if (y < this.low) this.low = y;
    else if (y > this.high) this.high = y;
    this.last = y;
    this.n++;
  }

  private to(y: number, always = false): void {
    if (y === this.pen && !always) return;
    if (this.drawn === 0) this.path.moveTo(this.x, y);
    else this.path.lineTo(this.x, y);
    this.pen = y;
    this.drawn++;
    this.points++;
  }

  private flush(): void {
    if (this.n === 0) return;
    this.to(this.first, true);
    if (this.n > 1) {
      this.to(this.low);
      this.to(this.high);
      this.to(this.last);
    }
    this.n = 0;
  }

  /** The curve breaks off: a value is no number. */
  lift(): void {
    this.flush();
    if (this.drawn === 1) this.dots.push([this.x, this.first]);
    this.drawn = 0;
  }
}

/** The places of the points that a frame shows, and of their neighbours outside of it. */
export function placesIn(x: Float64Array, f: Pick<Frame, 'x'>): [from: number, to: number] {
  return [Math.max(0, placeOf(x, f.x.min) - 1), Math.min(x.length, placeOf(x, f.x.max, true) + 1)];
}

/** The curve of values over x. */
export function trace({ x, y }: Thin, f: Frame): Trace {
  const column = new Column(), { px, py } = scales(f), [from, to] = placesIn(x, f);
  for (let i = from; i < to; i++) {
    if (!placed(y[i]!, f.logY) || !placed(x[i]!, f.logX)) column.lift();
    else column.add(px(x[i]!), py(y[i]!));
  }
  column.lift();
  return column;
}

/** Paths of more points than this are drawn by lines of one pixel. */
const dense = 250;

/**
 * Strokes a curve. Browsers draw lines of up to one pixel as hairlines, which without a graphics card takes a thirtieth of the time of
 * wider ones; of a dense curve several hairlines, one above the other, look like a wide line.
 */
export function strokeTrace(c: CanvasRenderingContext2D, { path, points }: Trace, width: number): void {
  const lines = points > dense ? Math.ceil(width) : 1;
  c.lineWidth = width / lines;
  for (let i = 0; i < lines; i++) {
    const by = lines === 1 ? 0 : (i / (lines - 1) - 0.5) * (width - c.lineWidth);
    c.translate(0, by);
    c.stroke(path);
    c.translate(0, -by);
  }
}

const shapes = marks.map(m => new Path2D(m));

export function drawMark(c: CanvasRenderingContext2D, mark: number, x: number, y: number, size: number): void {
  c.save();
  c.translate(x, y);
  c.scale(size, size);
  c.fill(shapes[mark]!);
  c.restore();
}

/** Marks along a curve, at some distance from each other and from those of its neighbours. */
export function drawMarks(c: CanvasRenderingContext2D, mark: number, place: number, x: Float64Array, y: Float64Array, f: Frame, ratio: number): void {
  const { px, py } = scales(f), apart = 110 * ratio;
  let next = f.left + ((place * 37) % 110) * ratio + 8 * ratio;
  const to = Math.min(x.length, placeOf(x, f.x.max, true));
  for (let i = placeOf(x, f.x.min); i < to; i++) {
    if (!placed(y[i]!, f.logY) || !placed(x[i]!, f.logX)) continue;
    const at = px(x[i]!);
    if (at < next) continue;
    drawMark(c, mark, at, py(y[i]!), ratio);
    next = at + apart;
  }
}
