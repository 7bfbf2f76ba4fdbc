// What the ledger holds of the cells of one notebook, kept as new as the ledger is while a kernel of gemba runs the notebook.
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import type { LedgerChange } from '../api/client';
import type { Hosts } from './hosts';
import type { Kernels } from './kernels';
import { later } from './later';
import type { Recorded } from './marks';
import { ledgerPath } from './paths';

export class NotebookRecord {
  readonly changed = new Signal<this, void>(this);
  /** Whether the ledger was asked. */
  known = false;
  private turn = 0; // of asking
  private cells = new Map<string, Recorded>();
  private readonly sources = new Map<string, string>();
  private readonly ask = later(() => void this.read(), 120);
  private stop?: () => void;

  constructor(private readonly panel: NotebookPanel, private readonly hosts: Hosts, private readonly kernels: Kernels, private readonly localPath: (path: string) => string) {
    panel.sessionContext.kernelChanged.connect(() => this.follow());
    panel.sessionContext.connectionStatusChanged.connect(() => this.follow());
    panel.context.pathChanged.connect(this.ask);
    panel.disposed.connect(() => this.unfollow());
    void panel.sessionContext.ready.then(() => this.follow());
  }

  /** The notebook's path, as the ledger knows it. */
  get path(): string {
    return ledgerPath(this.localPath(this.panel.context.path));
  }

  /** What is recorded of a cell. */
  of(id: string): Recorded | undefined {
    return this.cells.get(id);
  }

  all(): Recorded[] {
    return [...this.cells.values()];
  }

  /** A recorded source, where it was asked for. */
  sourceOf(digest: string): string | undefined {
    return this.sources.get(digest);
  }

  /** Listens while the notebook's own kernel answers. What is known stays when it goes; another kernel's notebook has none. */
  private follow(): void {
    const name = this.panel.sessionContext.session?.kernel?.name;
    if (this.kernels.own(this.panel)) {
      this.stop ??= this.hosts.reach(this.panel).changes(changes => concerns(changes) && this.ask());
      this.ask();
      return;
    }
    this.unfollow();
    if (name === undefined || this.kernels.records(name)) return;
    this.turn++;
    this.cells.clear();
    this.known = false;
    this.changed.emit();
  }

  private unfollow(): void {
    this.stop?.();
    delete this.stop;
  }

  async read(): Promise<void> {
    const { client } = this.hosts.reach(this.panel);
    const turn = ++this.turn;
    try {
      const { items } = await client.get('/api/notebooks/cells', { notebook: this.path });
      await this.learn(items ?? []);
      if (turn !== this.turn) return; // a newer answer is there, or on its way
      this.cells = new Map((items ?? []).map(item => [item.cell_id, item]));
      this.known = true;
      if (!this.panel.isDisposed) this.changed.emit();
    } catch {
      // what was known stays; the side panel says what is wrong
    }
  }

  /** Asks for sources that are not known yet. */
  private async learn(items: Recorded[]): Promise<void> {
    if (items.every(item => !item.source_digest || this.sources.has(item.source_digest))) return;
    const { items: found } = await this.hosts.reach(this.panel).client.get('/api/notebooks/cells', { notebook: this.path, fields: ['source_digest', 'source'] });
    for (const { source_digest: digest, source } of found ?? []) if (digest && source !== undefined) this.sources.set(digest, source);
  }
}

function concerns(changes: LedgerChange): boolean {
  return Boolean(changes.all || changes.cells?.length || changes.sessions?.length || changes.reviewed?.length);
}
