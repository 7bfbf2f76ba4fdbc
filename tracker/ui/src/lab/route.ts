// The transport of JupyterLab: requests over comms, to whichever kernel answers for the ledger now.
import { Fault, type LedgerChange, type Reply, type Transport } from '../api/client';
import { Lost, type Link } from './link';

/** Finds the link to ask. It fails with a Fault where there is none. */
export type Find = () => Promise<Link>;

/** How often what may be asked twice is asked when kernels go away meanwhile. */
const tries = 3;

/** How long to wait before the stream of changes is opened again, in milliseconds: longer each time that it ended at once. */
const pauses = [200, 1000, 3000, 10_000, 30_000];

export class Route implements Transport {
  constructor(private readonly find: Find) {}

  async send(method: string, path: string, body?: string, signal?: AbortSignal): Promise<Reply> {
    for (let n = 1; ; n++) {
      const link = await this.find();
      try {
        return await link.ask(method, path, body, signal);
      } catch (error) {
        const again = method === 'GET' && n < tries && (error instanceof Lost || (error instanceof Fault && ['lost', 'refused'].includes(error.code)));
        if (!again) throw error;
        await pause(pauses[n - 1] ?? 0, signal);
      }
    }
  }

  listen(heard: (changes: LedgerChange) => void, state: (connected: boolean) => void): () => void {
    const ending = new AbortController();
    void this.follow(heard, state, ending.signal);
    return () => ending.abort();
  }

  /** Keeps a stream of changes open: nobody else says when a kernel is back. */
  private async follow(heard: (changes: LedgerChange) => void, state: (connected: boolean) => void, signal: AbortSignal): Promise<void> {
    for (let ended = 0; !signal.aborted; ended++) {
      try {
        const link = await this.find();
        await link.ask('GET', '/api/events', undefined, signal, {
          began: () => ((ended = 0), state(true)),
          event: (name, data) => name === 'changes' && heard(data as LedgerChange),
        });
      } catch {
        // a request says what is wrong to who looks at its answer
      }
      if (signal.aborted) return;
      state(false);
      await pause(pauses[Math.min(ended, pauses.length - 1)] ?? 0, signal);
      await shown();
    }
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** Waits until somebody looks at the page: pages in the background leave kernels alone. */
function shown(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise(resolve => {
    const look = (): void => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
  });
}
