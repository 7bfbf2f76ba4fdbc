// What views are given by where they are shown: the web page or JupyterLab.
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Client, GetPath, LedgerChange, Params } from './api/client';

/** A view and what it shows, as the page's address has it: #/compare?run=…&run=… */
export interface Place {
  view: string;
  params: Record<string, string | string[]>;
}

/** Where views are shown. */
export interface Host {
  client: Client;
  /** Shows another place: on the page in the same window, in JupyterLab in a tab of its own. */
  go(place: Place): void;
  /** Replaces what this view's address says of it (a filter that was typed), without showing anything else. */
  restate(params: Place['params']): void;
  /** The address of a place, for links; undefined where places have none. */
  href(place: Place): string | undefined;
  /** Opens a notebook at a cell, where that is possible. */
  openNotebook?(path: string, cell?: string): void;
  /** Calls back when something changed in the ledger. Returns how to stop. */
  changes(heard: (changes: LedgerChange) => void): () => void;
}

export const HostContext = createContext<Host | null>(null);

export function useHost(): Host {
  const host = useContext(HostContext);
  if (host === null) throw new Error('a view is shown without a host');
  return host;
}

/** What there is of an answer: the last one stays while a newer one is asked for, or when asking fails. */
export interface Asked<T> {
  data?: T;
  error?: Error;
  loading: boolean;
  again(): void;
}

/** Asks for a path, and again when the parameters change or, with `when`, the ledger does. `path` null asks nothing. */
export function useAnswer<P extends GetPath>(path: P | null, params?: Params<P>, when?: (changes: LedgerChange) => boolean): Asked<Answer<P>> {
  const host = useHost();
  const key = path === null ? null : path + JSON.stringify(params ?? {});
  const [state, set] = useState<{ key: string | null; data?: Answer<P>; error?: Error; loading: boolean }>({ key: null, loading: key !== null });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn(n => n + 1), []);
  const concerns = useRef(when);
  concerns.current = when;
  useEffect(() => {
    if (path === null) return;
    const ending = new AbortController();
    set(old => ({ ...old, loading: true }));
    host.client.get(path, params, ending.signal).then(
      data => set({ key, data, loading: false }),
      (error: Error) => ending.signal.aborted || set(old => ({ ...(old.key === key ? old : {}), key, error, loading: false })),
    );
    return () => ending.abort();
  }, [host.client, key, turn]);
  useEffect(() => {
    if (path === null || when === undefined) return;
    return host.changes(changes => concerns.current?.(changes) && again());
  }, [host, path, when === undefined]);
  return { ...(state.data === undefined ? {} : { data: state.data }), ...(state.error ? { error: state.error } : {}), loading: state.loading, again };
}
