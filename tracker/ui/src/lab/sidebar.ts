// The panel at the left, which shows the notebook in front.
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';
import type { Hosts } from './hosts';
import { gembaIcon } from './icon';
import type { Kernels } from './kernels';
import type { Shown } from './mount';
import type { NotebookNow } from './now';
import { ledgerPath } from './paths';
import { explain, room } from './tabs';
import { loadViews } from './views';
import { trans } from '../trans';

export class Sidebar {
  private widget?: Widget;
  private shown?: Shown;
  private seen?: IntersectionObserver;
  private readonly watched = new WeakSet<NotebookPanel>();

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly kernels: Kernels,
    private readonly hosts: Hosts,
    private readonly restorer: ILayoutRestorer | null,
  ) {
    tracker.currentChanged.connect(() => this.draw());
    app.serviceManager.kernelspecs.specsChanged.connect(() => this.draw());
  }

  /** Puts the panel into the page, or takes it out. */
  set(wanted: boolean): void {
    if (wanted === (this.widget !== undefined)) return;
    if (wanted) return this.add();
    this.seen?.disconnect();
    this.shown?.remove();
    this.widget?.dispose();
    delete this.widget;
    delete this.shown;
  }

  /** Shows the panel, and puts the cursor there. */
  show(): void {
    if (!this.widget) throw new Error(trans.__('The side panel is switched off, in the settings of Gemba.'));
    this.app.shell.activateById(this.widget.id);
    setTimeout(() => this.widget?.node.focus()); // the palette gives the cursor back when it closes
  }

  private add(): void {
    const widget = room('side');
    widget.id = 'gemba-ledger';
    Object.assign(widget.title, { caption: trans.__('Ledger (gemba)'), icon: gembaIcon() });
    widget.node.setAttribute('role', 'region');
    widget.node.setAttribute('aria-label', trans.__('Ledger'));
    this.widget = widget;
    this.app.shell.add(widget, 'left', { rank: 900, type: 'Gemba' });
    this.restorer?.add(widget, widget.id);
    // nothing is loaded, and no kernel asked, before somebody looks at the panel
    this.seen = new IntersectionObserver(seen => seen.some(s => s.isIntersecting) && this.draw());
    this.seen.observe(widget.node);
  }

  private draw(): void {
    const { widget } = this;
    if (!widget?.isVisible) return;
    this.watch(this.tracker.currentWidget);
    loadViews().then(
      views => {
        if (widget.isDisposed || widget !== this.widget) return;
        const panel = this.tracker.currentWidget;
        const notebook = panel && this.now(panel);
        this.shown = views.showPanel(widget.node, this.hosts.host(panel), {
          ...(notebook ? { notebook } : {}),
          id: panel?.id ?? '',
          chooseKernel: () => void this.app.commands.execute('notebook:change-kernel'),
          places: () => places(panel),
        });
      },
      error => explain(widget.node, error),
    );
  }

  /** Draws again when a notebook that is in front gets another kernel or another name. */
  private watch(panel: NotebookPanel | null): void {
    if (!panel || this.watched.has(panel)) return;
    this.watched.add(panel);
    const changed = (): void => void (panel === this.tracker.currentWidget && this.draw());
    panel.sessionContext.kernelChanged.connect(changed);
    panel.sessionContext.propertyChanged.connect(changed);
    void panel.sessionContext.ready.then(changed);
    panel.context.pathChanged.connect(changed);
  }

  private now(panel: NotebookPanel): NotebookNow {
    const local = this.app.serviceManager.contents.localPath(panel.context.path);
    const kernelName = panel.sessionContext.session?.kernel?.name ?? '';
    const specs = this.app.serviceManager.kernelspecs.specs?.kernelspecs ?? {};
    const recorder = this.kernels.recorderOf(kernelName);
    return {
      path: ledgerPath(local),
      name: panel.title.label,
      kernelName,
      kernel: specs[kernelName]?.display_name ?? kernelName,
      waiting: kernelName === '' && !panel.sessionContext.isReady,
      recorded: this.kernels.records(kernelName),
      ...(recorder ? { recorder: specs[recorder]?.display_name ?? recorder } : {}),
    };
  }
}

/** The places of a notebook's cells by their ids. */
function places(panel: NotebookPanel | null): Map<string, number> {
  const cells = panel && !panel.isDisposed ? panel.content.widgets : [];
  return new Map(cells.map((cell, i) => [cell.model.id, i]));
}
