// Shows the recorded version of a cell in a tab of its own.
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Parts } from './commands';
import { gembaIcon } from './icon';
import { explain, room } from './tabs';
import { loadViews } from './views';
import { trans } from '../trans';

export function openVersion({ app, hosts, tabs }: Parts, panel: NotebookPanel, cell: Cell, execution: string): void {
  const content = room('view');
  const widget = new MainAreaWidget({ content });
  widget.id = `gemba-version-${execution}`;
  Object.assign(widget.title, { label: trans.__('Version of a cell'), caption: panel.title.label, icon: gembaIcon(), closable: true });
  widget.toolbar.hide();
  tabs.add(widget);
  app.shell.activateById(widget.id);
  loadViews().then(
    views => {
      if (widget.isDisposed) return;
      const draw = (): void => {
        const gone = cell.isDisposed;
        const source = (): string => (gone ? '' : cell.model.sharedModel.getSource());
        const copy = (text: string): void => {
          if (!cell.isDisposed) cell.model.sharedModel.setSource(text);
          draw();
        };
        const shown = views.showVersion(content.node, hosts.host(panel), { execution, source, ...(gone ? {} : { copy }) });
        widget.disposed.connect(shown.remove);
      };
      draw();
    },
    error => explain(content.node, error),
  );
}
