// The sources of a session's executions, read when somebody searches in them.
import { useEffect, useState } from 'preact/hooks';
import { useHost } from '../../host';

export interface Sources {
  text: Map<string, string>;
  done: boolean;
  error?: Error;
}

const none: Sources = { text: new Map(), done: false };

/** Reads the sources of a session once they are wanted, and those that came since when there are more rows. */
export function useSources(session: string, wanted: boolean, rows: number): Sources {
  const host = useHost();
  const [sources, set] = useState<Sources & { of?: string; after?: string }>({ text: new Map(), done: false });
  const known = sources.of === session ? sources : undefined;
  const needed = wanted && (known === undefined || !known.done || known.text.size < rows);
  useEffect(() => {
    if (!needed) return;
    const ending = new AbortController();
    const text = new Map(known?.text);
    const read = async (): Promise<void> => {
      for (let after: string | undefined = known?.after ?? ''; after !== undefined; ) {
        const asked: string = after;
        const page = await host.client.get('/api/sessions/{id}/cells', { id: session, limit: 500, fields: ['id,source'], ...(asked ? { after: asked } : {}) }, ending.signal);
        for (const item of page.items ?? []) text.set(item.id, item.source ?? '');
        set({ of: session, text: new Map(text), done: page.next === undefined, after: asked });
        after = page.next;
      }
    };
    read().catch((error: Error) => ending.signal.aborted || set({ of: session, text, done: true, error }));
    return () => ending.abort();
  }, [host, session, needed, rows]);
  return known ?? none;
}
