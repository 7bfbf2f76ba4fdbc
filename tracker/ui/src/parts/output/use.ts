import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useHost } from '../../host';

type Page = Schemas['CellOutputs'];
export type CellOutput = Schemas['CellOutput'];
export type OutputData = Schemas['OutputData'];

export interface Outputs {
  pages: Page[];
  error?: Error;
  loading: boolean;
  /** Asks for the next page. */
  more(): void;
  again(): void;
}

/** The outputs of a cell execution, page by page; asked for again while it runs, at most once a second. */
export function useOutputs(cell: string): Outputs {
  const host = useHost();
  const [wanted, want] = useState(1);
  const [turn, setTurn] = useState(0);
  const [state, set] = useState<{ of?: string; pages: Page[]; error?: Error; loading: boolean }>({ pages: [], loading: true });
  const again = useCallback(() => setTurn(n => n + 1), []);
  const of = `${cell} ${turn}`;
  useEffect(() => {
    const ending = new AbortController();
    const read = async (pages: Page[]): Promise<Page[]> => {
      while (pages.length < wanted) {
        const after = pages.at(-1)?.next;
        if (pages.length > 0 && after === undefined) break;
        pages = [...pages, await host.client.get('/api/cells/{id}/outputs', { id: cell, limit: 200, ...(after ? { after } : {}) }, ending.signal)];
      }
      return pages;
    };
    set(old => ({ ...old, loading: true }));
    read(state.of === of ? state.pages : []).then(
      pages => set({ of, pages, loading: false }),
      (error: Error) => ending.signal.aborted || set(old => ({ ...old, error, loading: false })),
    );
    return () => ending.abort();
  }, [host, cell, wanted, turn]);
  const running = state.pages[0]?.status === 'running';
  useEffect(() => {
    if (!running) return;
    let later: ReturnType<typeof setTimeout> | undefined;
    const stop = host.changes(changes => {
      if (later === undefined && (changes.all || changes.cells?.includes(cell))) later = setTimeout(() => ((later = undefined), again()), 1000);
    });
    return () => (stop(), clearTimeout(later));
  }, [host, cell, running, again]);
  const more = (): void => {
    want(state.pages.length + 1);
    if (state.error) again(); // the page may be wanted already: then nothing else would ask for it again
  };
  return { ...state, more, again };
}

/** An output as it is shown: a text of a stream may have come in several parts. */
export interface Arranged extends CellOutput {
  parts: OutputData[];
}

/** Outputs as they are shown: replaced ones as their updates have it, texts of one stream as one. */
export function arranged(items: readonly CellOutput[], cleared: boolean): Arranged[] {
  const at = new Map(items.map(item => [item.n, item]));
  const all: Arranged[] = [];
  for (const item of items) {
    if (cleared ? item.type === 'clear_output' || item.type === 'update_display_data' : !item.shown) continue;
    const shown = item.updated === undefined ? item : { ...item, data: at.get(item.updated)?.data ?? item.data, n: at.has(item.updated) ? item.updated : item.n };
    const last = all.at(-1);
    if (last && together(last, shown)) last.parts.push(...(shown.data ?? []));
    else all.push({ ...shown, parts: shown.type === 'stream' ? [...(shown.data ?? [])] : [] });
  }
  return all;
}

const together = (a: CellOutput, b: CellOutput): boolean => a.type === 'stream' && b.type === 'stream' && a.stream === b.stream && !b.behind_gap;
