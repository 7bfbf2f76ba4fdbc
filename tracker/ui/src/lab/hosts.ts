// What views are given in JupyterLab: a client for each notebook, whose kernel answers for its ledger.
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Client } from '../api/client';
import { Changes } from '../changes';
import type { Host, Place } from '../host';
import type { Kernels } from './kernels';
import { Route } from './route';

/** What hosts ask of the rest of the extension. */
export interface Shell {
  /** Shows a place that the view of a notebook leads to. */
  go(place: Place, panel: NotebookPanel | null): void;
  openNotebook(path: string, cell?: string): void;
}

type Reach = Pick<Host, 'client' | 'changes'>;

export class Hosts {
  private readonly reaches = new WeakMap<object, Reach>();

  constructor(private readonly kernels: Kernels, private readonly shell: Shell) {}

  /** How to reach the ledger of a notebook; without one, of whatever kernel of gemba there is. */
  reach(panel: NotebookPanel | null): Reach {
    const known = this.reaches.get(panel ?? this);
    if (known) return known;
    const route = new Route(() => this.kernels.find(panel));
    const changes = new Changes(route);
    const reach: Reach = { client: new Client(route), changes: heard => changes.listen(heard) };
    this.reaches.set(panel ?? this, reach);
    return reach;
  }

  /** A host for what is shown of a notebook's ledger. */
  host(panel: NotebookPanel | null, restate: Host['restate'] = () => undefined): Host {
    return {
      ...this.reach(panel),
      go: place => this.shell.go(place, panel),
      restate,
      href: () => undefined, // tabs have no addresses
      openNotebook: (path, cell) => this.shell.openNotebook(path, cell),
    };
  }
}
