// Curves as paths on a canvas. Of many points in one column of pixels those are drawn that matter: the first, the least, the greatest
// and the last (M4 of Jugel and others, "M4: a visualization-oriented time series data aggregation", 2014).
import type { Span } from './axes';
import { placed } from './axes';
import { placeOf } from '../series/curve';
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

/** A column of pixels with what of a curve goes through it. */
class Column {
  at = -1;
  private n = 0;
  private first = 0;
  private low = 0;
  private high = 0;
  private last = 0;
  private x = 0;
  private pen = false;
  private run = 0;

  constructor(private readonly path: Path2D, private readonly dots: [number, number][]) {}

  add(x: number, y: number): void {
    const at = Math.floor(x);
    if (at !== this.at || this.n === 0) {
      this.flush();
      [this.at, this.x, this.n] = [at, x, 1];
      this.first = this.low = this.high = this.last = y;
      return;
    }
    this.n++;
    if (y < this.low) this.low = y;
    if (y > this.high) this.high = y;
    this.last = y;
  }

  private to(y: number): void {
    if (this.pen) this.path.lineTo(this.x, y);
    else this.path.moveTo(this.x, y);
    this.pen = true;
    this.run++;
  }

  flush(): void {
    if (this.n === 0) return;
    this.to(this.first);
    if (this.n > 1) {
      if (this.low !== this.first) this.to(this.low);
      if (this.high !== this.low) this.to(this.high);
      if (this.last !== this.high) this.to(this.last);
    }
    this.n = 0;
  }

  /** The curve breaks off: a value is no number. A point alone is a dot, as no line would show it. */
  lift(): void {
    this.flush();
    if (this.run === 1) this.dots.push([this.x, this.first]);
    this.pen = false;
    this.run = 0;
  }
}

/** The path of values over x, and the points that stand alone. */
export function trace(x: Float64Array, y: Float64Array, f: Frame): { path: Path2D; dots: [number, number][] } {
  const path = new Path2D(), dots: [number, number][] = [];
  const column = new Column(path, dots), { px, py } = scales(f);
  const from = Math.max(0, placeOf(x, f.x.min) - 1), to = Math.min(x.length, placeOf(x, f.x.max, true) + 1);
  for (let i = from; i < to; i++) {
    if (!placed(y[i]!, f.logY) || !placed(x[i]!, f.logX)) column.lift();
    else column.add(px(x[i]!), py(y[i]!));
  }
  column.lift();
  return { path, dots };
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
