// What part of a drawing is seen.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Drawing, Point } from './layout';

interface Box extends Point {
  width: number;
  height: number;
}

const nearest = 1.25; // pixels for a unit of the drawing: it is not blown up beyond this by itself

/** The part of a drawing that is seen, and how hands and buttons change it. */
export function useSight(svg: { current: SVGSVGElement | null }, drawing: Drawing) {
  const [box, set] = useState<Box>({ x: 0, y: 0, width: 800, height: 500 });
  const chosen = useRef(false); // by hand: a part that nobody chose is chosen anew when there is more room, or less
  const grip = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const room = (): { width: number; height: number } => ({ width: svg.current?.clientWidth || 800, height: svg.current?.clientHeight || 500 });
  const fit = (least = 0): void => {
    const { width, height } = room();
    const scale = Math.max(least, Math.min(nearest, width / Math.max(1, drawing.width), height / Math.max(1, drawing.height)));
    const w = width / scale;
    const h = height / scale;
    chosen.current = false;
    set({ x: Math.min(0, (drawing.width - w) / 2), y: (drawing.height - h) / 2, width: w, height: h });
  };
  useLayoutEffect(() => {
    const begin = (): void => fit(0.45); // so that names can be read: the rest is a drag away
    const watch = new ResizeObserver(() => (chosen.current ? set(old => resized(old, room())) : begin()));
    begin();
    if (svg.current) watch.observe(svg.current);
    return () => watch.disconnect();
  }, [drawing]);
  const zoom = (factor: number, at: Point): void => {
    chosen.current = true;
    set(old => {
      const width = Math.min(20 * Math.max(drawing.width, 400), Math.max(200, old.width / factor));
      const by = width / old.width;
      return { x: at.x - (at.x - old.x) * by, y: at.y - (at.y - old.y) * by, width, height: old.height * by };
    });
  };
  const reveal = (at: Point): void => {
    chosen.current = true;
    set(old => {
      const margin = Math.min(96, old.width / 4); // half a node, and a little
      const x = at.x < old.x + margin || at.x > old.x + old.width - margin ? at.x - old.width / 2 : old.x;
      const y = at.y < old.y + 24 || at.y > old.y + old.height - 24 ? at.y - old.height / 2 : old.y;
      return x === old.x && y === old.y ? old : { ...old, x, y };
    });
  };
  const hands = {
    onWheel: (event: WheelEvent): void => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 400), pointOf(event, svg.current!, box));
    },
    onPointerDown: (event: PointerEvent): void => {
      if ((event.target as Element).closest('[data-node]')) return;
      grip.current = { x: event.clientX, y: event.clientY, moved: false };
      svg.current?.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent): void => {
      const from = grip.current;
      if (!from) return;
      const scale = box.width / room().width;
      chosen.current = true;
      set(old => ({ ...old, x: old.x - (event.clientX - from.x) * scale, y: old.y - (event.clientY - from.y) * scale }));
      grip.current = { x: event.clientX, y: event.clientY, moved: true };
    },
    onPointerUp: (): void => void (grip.current = null),
  };
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return { box: `${box.x} ${box.y} ${box.width} ${box.height}`, fit: () => fit(), nearer: (factor: number) => zoom(factor, middle), reveal, hands };
}

/** What is seen in another room, by a scale of the same width, about the same middle. */
function resized(old: Box, room: { width: number; height: number }): Box {
  const height = (old.width * room.height) / room.width;
  return { ...old, y: old.y + (old.height - height) / 2, height };
}

function pointOf(event: WheelEvent, svg: SVGSVGElement, box: Box): Point {
  const frame = svg.getBoundingClientRect();
  return { x: box.x + ((event.clientX - frame.left) / frame.width) * box.width, y: box.y + ((event.clientY - frame.top) / frame.height) * box.height };
}
