// Which kernel answers for the ledger: the notebook's own, one of another notebook, any that runs, or one that is started for it.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelSpec, Session } from '@jupyterlab/services';
import { Fault } from '../api/client';
import { trans } from '../trans';
import { Link } from './link';
import { Reader } from './reader';

type Services = JupyterFrontEnd['serviceManager'];

export class Kernels {
  private readonly links = new Map<string, Link>();
  private readonly reader: Reader;

  constructor(private readonly services: Services, private readonly tracker: INotebookTracker, private readonly mayStart: () => boolean) {
    this.reader = new Reader(services);
  }

  /** The link to a notebook's own kernel; undefined when it is none of gemba's, or not there. */
  own(panel: NotebookPanel | null): Link | undefined {
    const kernel = panel && !panel.isDisposed ? panel.sessionContext.session?.kernel : undefined;
    if (!kernel || kernel.isDisposed || !this.records(kernel.name)) return undefined;
    const link = this.linkTo(kernel);
    return link.usable ? link : undefined;
  }

  /** The link to ask for what concerns a notebook, or anything when there is none. */
  async find(panel: NotebookPanel | null): Promise<Link> {
    await this.services.kernelspecs.ready;
    const near = this.own(panel) ?? this.own(this.tracker.currentWidget);
    if (near) return near;
    const open: NotebookPanel[] = [];
    this.tracker.forEach(p => open.push(p));
    for (const p of open) {
      const link = this.own(p);
      if (link) return link;
    }
    return (await this.running()) ?? this.start(panel ?? this.tracker.currentWidget);
  }

  /** Whether the kernels of a kernelspec are recorded by gemba. Kernelspecs that gemba writes say so. */
  records(name: string): boolean {
    return about(this.services.kernelspecs.specs?.kernelspecs[name]) !== undefined;
  }

  /** The kernelspec that records what another one runs: "gemba-python3" for "python3". */
  recorderOf(name: string): string | undefined {
    const specs = this.services.kernelspecs.specs?.kernelspecs ?? {};
    return Object.keys(specs).find(n => about(specs[n])?.['wraps'] === name);
  }

  private async running(): Promise<Link | undefined> {
    await this.services.sessions.ready;
    const models = [...this.services.sessions.running()].filter(m => m.kernel && this.records(m.kernel.name));
    for (const model of models.sort(readersLast)) {
      const known = this.links.get(model.kernel?.id ?? '');
      const link = known && !known.kernel.isDisposed ? known : this.linkTo(this.services.kernels.connectTo({ model: model.kernel as Kernel.IModel }));
      if (link.usable) return link;
    }
    return undefined;
  }

  private async start(panel: NotebookPanel | null): Promise<Link> {
    const specs = this.services.kernelspecs.specs?.kernelspecs ?? {};
    const name = Object.keys(specs).find(n => about(specs[n]) && about(specs[n])?.['wraps'] === undefined);
    if (name === undefined) throw new Fault(0, 'no_kernel', trans.__('No kernel of gemba is installed here'), trans.__('gemba install brings one; then reload this page'));
    if (!this.mayStart()) throw new Fault(0, 'no_kernel', trans.__('No kernel of gemba runs'), trans.__('open a notebook with one, or allow gemba to start one: Settings, Gemba'));
    return this.linkTo(await this.reader.start(name, panel));
  }

  private linkTo(kernel: Kernel.IKernelConnection): Link {
    const known = this.links.get(kernel.id);
    if (known && !known.kernel.isDisposed) return known;
    const link = new Link(kernel);
    this.links.set(kernel.id, link);
    kernel.disposed.connect(() => this.links.get(kernel.id) === link && this.links.delete(kernel.id));
    return link;
  }
}

/** What gemba wrote into a kernelspec of its own. */
function about(spec: KernelSpec.ISpecModel | undefined): Record<string, string> | undefined {
  return (spec?.metadata as { gemba?: Record<string, string> } | undefined)?.gemba;
}

function readersLast(a: Session.IModel, b: Session.IModel): number {
  return Number(Reader.isReader(a)) - Number(Reader.isReader(b));
}
