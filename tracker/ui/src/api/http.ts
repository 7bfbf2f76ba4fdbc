// The transport of the web page: requests by fetch, changes by server-sent events.
import { trans } from '../trans';
import { Fault, type LedgerChange, type Reply, type Transport } from './client';

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

  listen(heard: (changes: LedgerChange) => void, state: (connected: boolean) => void): () => void {
    let source: EventSource;
    let turn: ReturnType<typeof setTimeout> | undefined;
    const open = (): void => {
      source = new EventSource('/api/events');
      source.addEventListener('changes', event => heard(JSON.parse(event.data as string) as LedgerChange));
      source.onopen = () => state(true);
      source.onerror = () => {
        state(false);
        if (source.readyState === EventSource.CLOSED) turn = setTimeout(open, 3000); // else the browser connects again by itself
      };
    };
    open();
    return () => {
      clearTimeout(turn);
      source.close();
    };
  }

  address(path: string): string {
    return path;
  }
}
