// Which rows and columns of a large table are near the window, by TanStack Virtual.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer, type Range } from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

/** What there is along one axis. */
export interface Axis {
  horizontal?: boolean;
  count: number;
  /** How large the item at a place is, in CSS pixels. */
  size(at: number): number;
  /** Changes when sizes do. */
  sizes?: unknown;
  /** Places that are always there: sticky ones, and the one that has the focus. */
  always: number[];
  /** What covers the begin and the end of the window. */
  coveredStart?: number;
  coveredEnd?: number;
  overscan: number;
}

export type Shown = Virtualizer<HTMLElement, HTMLElement>;

/** Follows the window of a scrolling element along an axis. */
export function useShown(scroller: RefObject<HTMLElement | null>, axis: Axis): Shown {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const options = {
    horizontal: axis.horizontal ?? false,
    count: axis.count,
    getScrollElement: () => scroller.current,
    estimateSize: axis.size,
    overscan: axis.overscan,
    scrollPaddingStart: axis.coveredStart ?? 0,
    scrollPaddingEnd: axis.coveredEnd ?? 0,
    rangeExtractor: (range: Range) => placesOf(range, axis.always),
    initialRect: { width: 1200, height: 800 },
    useAnimationFrameWithResizeObserver: true,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => draw(undefined),
  };
  const [shown] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  shown.setOptions(options);
  useLayoutEffect(() => shown._didMount(), [shown]);
  useLayoutEffect(() => shown._willUpdate());
  useLayoutEffect(() => shown.measure(), [shown, axis.sizes]);
  return shown;
}

/** The places of a range with some around it, and those that are always there, in order. */
export function placesOf({ startIndex, endIndex, overscan, count }: Range, always: number[]): number[] {
  const places = new Set(always.filter(at => at >= 0 && at < count));
  for (let at = Math.max(0, startIndex - overscan); at <= Math.min(count - 1, endIndex + overscan); at++) places.add(at);
  return [...places].sort((a, b) => a - b);
}
