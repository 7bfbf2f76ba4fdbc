// The marks at the cells of one notebook, as long as a kernel of gemba runs it.
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { PanelLayout } from '@lumino/widgets';
import type { Host, Place } from '../host';
import { Badge } from './badge';
import { later } from './later';
import { markOf, outOfOrder } from './marks';
import type { NotebookRecord } from './record';

export class Badges {
  private readonly badges = new Map<Cell, Badge>();
  private readonly draw = later(() => this.update(), 60);

  constructor(private readonly panel: NotebookPanel, private readonly record: NotebookRecord, private readonly go: Host['go']) {
    record.changed.connect(this.draw);
    panel.content.modelContentChanged.connect(this.draw);
    panel.disposed.connect(() => this.dispose());
    this.draw();
  }

  dispose(): void {
    this.record.changed.disconnect(this.draw);
    if (!this.panel.content.isDisposed) this.panel.content.modelContentChanged.disconnect(this.draw);
    for (const badge of this.badges.values()) badge.dispose();
    this.badges.clear();
  }

  private update(): void {
    if (this.panel.isDisposed || this.panel.content.isDisposed) return;
    const list: Cell[] = this.panel.content.widgets.filter(cell => cell.model.type === 'code');
    const cells = new Set(list);
    for (const [cell, badge] of this.badges) {
      if (cells.has(cell) && !badge.isDisposed) continue;
      badge.dispose();
      this.badges.delete(cell);
    }
    if (!this.record.known) return;
    const late = outOfOrder(list.map(cell => this.record.of(cell.model.id)));
    list.forEach((cell, i) => this.mark(cell, late[i] === true));
  }

  private mark(cell: Cell, late: boolean): void {
    const found = this.record.of(cell.model.id);
    const present = { source: cell.model.sharedModel.getSource(), ran: countOf(cell) !== null, outOfOrder: late };
    const mark = markOf(found, present, digest => this.record.sourceOf(digest));
    const badge = this.badges.get(cell) ?? (mark && this.add(cell));
    badge?.set(mark);
  }

  private add(cell: Cell): Badge {
    const badge = new Badge(() => this.open(cell), this.go);
    this.badges.set(cell, badge);
    void cell.ready.then(() => !badge.isDisposed && !cell.isDisposed && (cell.layout as PanelLayout).addWidget(badge));
    return badge;
  }

  private open(cell: Cell): void {
    const execution = this.record.of(cell.model.id)?.execution;
    const place: Place = { view: 'timeline', params: execution ? { cell: execution } : { notebook: this.record.path } };
    this.go(place);
  }
}

/** The count that the notebook has beside a code cell. */
export function countOf(cell: Cell): number | null {
  return (cell.model as unknown as { executionCount?: number | null }).executionCount ?? null;
}
