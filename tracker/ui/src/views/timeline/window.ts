// Only the rows that are seen are in the document.
import { elementScroll, observeElementOffset, observeElementRect, measureElement, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

export type Window = Virtualizer<HTMLElement, HTMLElement>;

/** A window onto a list of rows of different heights. */
export function useWindow(scroller: RefObject<HTMLElement | null>, count: number, key: (index: number) => string, height: number): Window {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const options = {
    count, overscan: 8, getItemKey: key, estimateSize: () => height, getScrollElement: () => scroller.current,
    scrollToFn: elementScroll, observeElementRect, observeElementOffset, measureElement, onChange: () => redraw(undefined),
  };
  const [made] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  made.setOptions(options);
  useEffect(() => made._didMount(), [made]);
  useLayoutEffect(() => made._willUpdate());
  return made;
}
