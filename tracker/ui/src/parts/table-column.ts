// The columns of a table.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

export interface TableColumn<Row> {
  id: string;
  title: string;
  /** What the title belongs to, written small above it: "params". */
  group?: string;
  /** Figures and durations stand at the right. */
  right?: boolean;
  /** CSS pixels, until the reader chooses another width. */
  width: number;
  sortable?: boolean;
  /** What stands in the place of the title; the title is read out then. */
  head?: ComponentChildren;
  /** What a cell shows. */
  show(row: Row): ComponentChildren;
  /** What a cell holds exactly: its tooltip, and what is copied. */
  text?(row: Row): string | undefined;
}

/** By which column rows are sorted. */
export interface TableOrder {
  column: string;
  descending: boolean;
}

export const narrowest = 48;
export const widest = 1200;

/** The widths that the reader chose for the columns of the table with this name, kept by the browser. */
export function useWidths(name: string): [Record<string, number>, (id: string, width: number) => void] {
  const place = `gemba-widths-${name}`;
  const [widths, set] = useState<Record<string, number>>(() => remembered(place));
  const change = (id: string, width: number): void =>
    set(old => {
      const next = { ...old, [id]: Math.round(Math.min(widest, Math.max(narrowest, width))) };
      try {
        localStorage.setItem(place, JSON.stringify(next));
      } catch {
        // a browser that keeps nothing: the widths last as long as the table
      }
      return next;
    });
  return [widths, change];
}

function remembered(place: string): Record<string, number> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter((e): e is [string, number] => typeof e[1] === 'number'));
  } catch {
    return {};
  }
}
