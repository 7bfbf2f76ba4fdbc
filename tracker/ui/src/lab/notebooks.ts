// Opens a notebook that the ledger knows at one of its cells.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { serverPath } from './paths';

export async function openNotebook(app: JupyterFrontEnd, tracker: INotebookTracker, recorded: string, cell?: string): Promise<void> {
  const path = serverPath(recorded);
  if (path === undefined) return;
  const local = (panel: NotebookPanel): string => app.serviceManager.contents.localPath(panel.context.path);
  const open = tracker.find(panel => local(panel) === path);
  if (open) app.shell.activateById(open.id);
  const panel = open ?? ((await app.commands.execute('docmanager:open', { path, factory: 'Notebook' })) as NotebookPanel | undefined);
  if (!panel || cell === undefined) return;
  await panel.context.ready;
  await panel.revealed;
  const at = panel.content.widgets.findIndex(w => w.model.id === cell);
  if (at < 0) return;
  panel.content.activeCellIndex = at;
  await panel.content.scrollToItem(at, 'center');
}
