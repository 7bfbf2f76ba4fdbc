// The transport of the web page: requests by fetch, changes by server-sent events.
import { trans } from '../trans';
import { Fault, pathOf, type LedgerChange, type Reply, type Transport } from './client';

export class HTTP implements Transport {
  async send(method: string, path: string, body?: string, signal?: AbortSignal): Promise<Reply> {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    let response: Response;
    try {
      response = await fetch(path, { method, headers, body: body ?? null, signal: signal ?? null });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Fault(0, 'unreachable', trans.__('gemba does not answer'), trans.__('start gemba ui again, or wait until the connection is back'));
    }
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.blob() };
  }

  /** Listens while the page is seen. A browser has six connections to a server for all of its tabs: tabs that nobody sees,
   * and pages that were left and may be gone back to, would keep them all. */
  listen(heard: (changes: LedgerChange) => void, state: (connected: boolean) => void): () => void {
    let source: EventSource | undefined;
    let turn: ReturnType<typeof setTimeout> | undefined;
    let after = document.visibilityState === 'visible' ? '' : 'unknown'; // what was loaded unseen may be old when it is seen: an unknown event is answered with "all"
    const take = (event: MessageEvent<string>): void => {
      after = event.lastEventId;
      const changes = JSON.parse(event.data) as LedgerChange;
      if (event.type === 'changes' || changes.all) heard(changes);
    };
    const close = (): void => {
      clearTimeout(turn);
      source?.close();
      source = undefined;
    };
    const open = (): void => {
      source = new EventSource(pathOf('/api/events', { after }));
      source.addEventListener('hello', take);
      source.addEventListener('changes', take);
      source.onopen = () => state(true);
      source.onerror = () => {
        state(false);
        if (source?.readyState === EventSource.CLOSED) turn = setTimeout(open, 3000); // else the browser connects again by itself
      };
    };
    const look = (): void => {
      close();
      if (document.visibilityState === 'visible') open();
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      close();
    };
  }

  address(path: string): string {
    return path;
  }
}
