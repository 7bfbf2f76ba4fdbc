// A canvas that has the size of its place, sharp on any screen, drawn again when its size, the theme or what it shows changes.
import { useEffect, useRef } from 'preact/hooks';
import { onTheme, paletteOf, type Palette } from '../theme';

export interface Area {
  c: CanvasRenderingContext2D;
  width: number;
  height: number;
  palette: Palette;
}

/** Draws onto it; what is long may go on in later frames until `stopped` tells that something newer is drawn. */
export type Draw = (area: Area, stopped: () => boolean) => void;

export function Canvas({ draw, label, children }: { draw: Draw; label: string; children?: preact.ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw), turn = useRef(0);
  latest.current = draw;
  const paint = useRef(() => {
    const el = place.current, on = canvas.current, now = ++turn.current;
    if (el === null || on === null || el.clientWidth < 10) return;
    const ratio = devicePixelRatio, width = el.clientWidth, height = el.clientHeight, c = on.getContext('2d')!;
    if (on.width !== Math.round(width * ratio) || on.height !== Math.round(height * ratio)) [on.width, on.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    latest.current({ c, width, height, palette: paletteOf(el) }, () => turn.current !== now);
  });
  useEffect(() => {
    const sized = new ResizeObserver(() => paint.current());
    sized.observe(place.current!);
    const stop = onTheme(() => paint.current());
    return () => (sized.disconnect(), stop(), void turn.current++);
  }, []);
  useEffect(() => {
    const frame = requestAnimationFrame(() => paint.current());
    return () => cancelAnimationFrame(frame);
  }, [draw]);
  return (
    <div class="gm-charts-canvas" ref={place}>
      <canvas ref={canvas} role="img" aria-label={label} />
      {children}
    </div>
  );
}

/** Draws things in slices, so that each frame stays short. */
export function inSlices(n: number, stopped: () => boolean, draw: (from: number, to: number) => void, slice = 400): void {
  let at = 0;
  const next = (): void => {
    if (stopped()) return;
    const until = performance.now() + 9;
    do {
      draw(at, Math.min(n, at + slice));
      at += slice;
    } while (at < n && performance.now() < until);
    if (at < n) requestAnimationFrame(next);
  };
  next();
}
