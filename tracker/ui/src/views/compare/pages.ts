// Lists that are read page by page when the reader asks for more.
import { useEffect, useState } from 'preact/hooks';

interface Page<T> {
  items: T[] | null;
  next?: string;
}

/** The items of a first page, and of those behind it that were asked for. */
export function useMore<T>(first: Page<T>, ask: (after: string) => Promise<Page<T>>) {
  const [behind, set] = useState<{ first: Page<T>; items: T[]; next?: string | undefined; loading: boolean; error?: Error }>({ first, items: [], next: first.next, loading: false });
  useEffect(() => set({ first, items: [], next: first.next, loading: false }), [first]);
  const more = (): void => {
    if (behind.next === undefined || behind.loading) return;
    set(old => ({ ...old, loading: true }));
    ask(behind.next).then(
      page => set(old => ({ first: old.first, items: [...old.items, ...(page.items ?? [])], next: page.next, loading: false })),
      (error: Error) => set(old => ({ ...old, error, loading: false })),
    );
  };
  return { items: [...(first.items ?? []), ...behind.items], next: behind.next, loading: behind.loading, error: behind.error, more };
}
