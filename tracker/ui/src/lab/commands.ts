// The commands of the palette and of the menus.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog, type ICommandPalette } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Fault } from '../api/client';
import type { Place } from '../host';
import { trans } from '../trans';
import type { Hosts } from './hosts';
import { places } from './places';
import type { NotebookRecord } from './record';
import { fill, findLost } from './restore';
import type { Sidebar } from './sidebar';
import { openCommand, type Tabs } from './tabs';
import { openVersion } from './versions';

export interface Parts {
  app: JupyterFrontEnd;
  tracker: INotebookTracker;
  tabs: Tabs;
  hosts: Hosts;
  sidebar: Sidebar;
  /** What the ledger holds of a notebook. */
  record(panel: NotebookPanel): NotebookRecord;
}

interface Command {
  id: string;
  label: string;
  about: string;
  /** What it does with the notebook in front, and the chosen cell there; without `everywhere` it needs a notebook. */
  run(panel: NotebookPanel | null, cell: Cell | null): unknown;
  everywhere?: boolean;
}

export function addCommands(parts: Parts, palette: ICommandPalette | null): void {
  const { app, tracker, tabs } = parts;
  const { commands } = app;
  commands.addCommand(openCommand, {
    label: trans.__('Open a view of the ledger'),
    execute: args => tabs.open(placeOf(args), tracker.currentWidget, args['behind'] !== true),
  });
  for (const command of [...views(parts), ...actions(parts)]) {
    commands.addCommand(command.id, {
      label: command.label,
      caption: command.about,
      isEnabled: () => command.everywhere === true || tracker.currentWidget !== null,
      execute: () => told(() => command.run(tracker.currentWidget, tracker.activeCell)),
    });
    palette?.addItem({ command: command.id, category: 'Gemba' });
  }
}

/** Opens a view for each command of the views. */
function views({ tabs, record }: Parts): Command[] {
  return places.map(([id, title]) => ({
    id: `gemba:open-${id}`,
    label: trans.__(title),
    about: trans.__("Show gemba's ledger: %1", trans.__(title)),
    everywhere: true,
    run: panel => tabs.open({ view: id, params: id === 'timeline' && panel ? { notebook: record(panel).path } : {} }, panel),
  }));
}

function actions(parts: Parts): Command[] {
  const { tabs, sidebar } = parts;
  return [
    {
      id: 'gemba:panel',
      label: trans.__('Show the Side Panel'),
      about: trans.__('Show what is recorded of the notebook in front'),
      everywhere: true,
      run: () => sidebar.show(),
    },
    {
      id: 'gemba:compare-sessions',
      label: trans.__("Compare This Notebook's Last Two Sessions"),
      about: trans.__('Show what differs between the present session of the notebook and the one before'),
      run: panel => panel && compareSessions(parts, panel),
    },
    {
      id: 'gemba:cell-lineage',
      label: trans.__('Lineage of This Cell'),
      about: trans.__('Show what the cell used and made when it was run last'),
      run: (panel, cell) => panel && tabs.open({ view: 'lineage', params: { id: execution(parts, panel, cell) } }, panel),
    },
    {
      id: 'gemba:cell-version',
      label: trans.__('Open the Recorded Version of This Cell'),
      about: trans.__('Show the source that was run last beside the present one'),
      run: (panel, cell) => panel && cell && openVersion(parts, panel, cell, execution(parts, panel, cell)),
    },
    {
      id: 'gemba:restore-outputs',
      label: trans.__('Restore Outputs from the Ledger…'),
      about: trans.__('Fill cells with what they showed when they were run, where the notebook lost it'),
      run: panel => panel && restore(parts, panel),
    },
    {
      id: 'gemba:verify',
      label: trans.__('Check Every Byte of the Ledger'),
      about: trans.__('Begin a check, and show what it proves'),
      everywhere: true,
      run: async panel => {
        await parts.hosts.reach(panel).client.send('POST', '/api/verify');
        tabs.open({ view: 'verify', params: {} }, panel);
      },
    },
  ];
}

function placeOf(args: ReadonlyPartialJSONObject): Place {
  return { view: String(args['view'] ?? ''), params: (args['params'] ?? {}) as Place['params'] };
}

/** The last execution of a cell. */
function execution({ record }: Parts, panel: NotebookPanel, cell: Cell | null): string {
  const found = cell && record(panel).of(cell.model.id)?.execution;
  if (!found) throw new Error(trans.__('No execution of this cell is in the ledger: run it with a kernel of gemba first.'));
  return found;
}

async function compareSessions({ tabs, hosts, record }: Parts, panel: NotebookPanel): Promise<void> {
  const { items } = await hosts.reach(panel).client.get('/api/sessions', { notebook: record(panel).path, limit: 2 });
  const [now, before] = items ?? [];
  if (!now || !before) throw new Error(trans.__('There is only one session of this notebook so far.'));
  tabs.open({ view: 'compare', params: { a: before.id, b: now.id } }, panel);
}

async function restore({ hosts, record }: Parts, panel: NotebookPanel): Promise<void> {
  const lost = await findLost(panel.content.widgets, record(panel), hosts.reach(panel).client);
  const title = trans.__('Restore outputs from the ledger');
  if (lost.length === 0) {
    await showDialog({ title, body: trans.__('Every cell shows what it showed when it was run last. Cells that were edited since are left alone.'), buttons: [Dialog.okButton()] });
    return;
  }
  const body = trans._n('One cell lacks what it showed when it was run last.', '%1 cells lack what they showed when they were run last.', lost.length);
  const answer = await showDialog({ title, body, buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Fill in') })] });
  if (answer.button.accept) fill(lost);
}

/** Does something, and tells in a dialog why it could not be done. */
async function told(what: () => unknown): Promise<void> {
  try {
    await what();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof Fault && error.hint;
    await showDialog({ title: trans.__('Ledger'), body: hint ? `${message}: ${hint}` : message, buttons: [Dialog.okButton()] });
  }
}
