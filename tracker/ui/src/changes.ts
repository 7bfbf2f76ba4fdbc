// One stream of changes for all that listen, open only while somebody does.
import type { LedgerChange, Transport } from './api/client';

type Heard = (changes: LedgerChange) => void;

export class Changes {
  private readonly listeners = new Set<Heard>();
  private readonly watchers = new Set<(connected: boolean) => void>();
  private stop?: () => void;
  private broken = false;

  constructor(private readonly transport: Transport) {}

  /** Calls back at each change until the function that it returns is called. */
  listen(heard: Heard): () => void {
    this.listeners.add(heard);
    this.stop ??= this.transport.listen(changes => this.tell(changes), connected => this.connected(connected));
    return () => {
      this.listeners.delete(heard);
      if (this.listeners.size > 0) return;
      this.stop?.();
      delete this.stop;
    };
  }

  /** Calls back when the connection breaks and when it is there again. */
  watch(told: (connected: boolean) => void): () => void {
    this.watchers.add(told);
    return () => this.watchers.delete(told);
  }

  private tell(changes: LedgerChange): void {
    for (const heard of [...this.listeners]) heard(changes);
  }

  /** After a break nobody knows what changed meanwhile: everything is asked for again. */
  private connected(connected: boolean): void {
    for (const told of this.watchers) told(connected);
    if (connected && this.broken) this.tell({ stand: '', kinds: [], all: true });
    this.broken = !connected;
  }
}
