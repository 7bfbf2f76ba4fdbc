// A Go kernel that runs no cells: it is started to read the ledger where no kernel of gemba runs, and ended with the page.
import { PageConfig, PathExt, URLExt } from '@jupyterlab/coreutils';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ServerConnection, type Kernel, type Session } from '@jupyterlab/services';
import { Fault } from '../api/client';
import { trans } from '../trans';

/** What the list of running kernels calls it. The kernel knows by this name that it is no notebook's (cli/kernel.go). */
export const readerName = 'gemba: reads the ledger';

export class Reader {
  private starting?: Promise<Kernel.IKernelConnection>;

  constructor(private readonly services: JupyterFrontEnd['serviceManager']) {}

  static isReader(model: Session.IModel): boolean {
    return model.name === readerName;
  }

  /** Starts the kernel in the folder of a notebook, once: the server gives pages that ask for the same the same one. */
  start(kernelspec: string, panel: NotebookPanel | null): Promise<Kernel.IKernelConnection> {
    this.starting ??= this.begin(kernelspec, panel).catch(error => {
      delete this.starting;
      throw new Fault(0, 'no_kernel', trans.__('No kernel could be started to read the ledger: %1', error instanceof Error ? error.message : String(error)));
    });
    return this.starting;
  }

  private async begin(kernelspec: string, panel: NotebookPanel | null): Promise<Kernel.IKernelConnection> {
    const folder = panel ? PathExt.dirname(this.services.contents.localPath(panel.context.path)) : '';
    const session = await this.services.sessions.startNew({ name: readerName, path: PathExt.join(folder, readerName), type: 'gemba', kernel: { name: kernelspec } });
    if (!session.kernel) throw new Error(trans.__('the server started none'));
    const ended = (): void => {
      delete this.starting;
      removeEventListener('pagehide', end);
    };
    const end = (): void => void this.shutDown(session.id);
    addEventListener('pagehide', end);
    session.disposed.connect(ended);
    session.kernel.statusChanged.connect((_, status) => status === 'dead' && ended());
    session.kernel.disposed.connect(ended);
    return session.kernel;
  }

  /** Asks the server in a way that outlives the page. */
  private shutDown(id: string): Promise<unknown> {
    const settings = this.services.serverSettings;
    const url = URLExt.join(settings.baseUrl || PageConfig.getBaseUrl(), 'api/sessions', encodeURIComponent(id));
    return ServerConnection.makeRequest(url, { method: 'DELETE', keepalive: true }, settings).catch(() => undefined);
  }
}
