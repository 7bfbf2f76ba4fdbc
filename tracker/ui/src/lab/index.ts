// The extension: one plugin, which asks for nothing but notebooks, so that it works in JupyterLab and in Notebook 7.
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { speak } from '../trans';
import { Badges } from './badges';
import { addCommands } from './commands';
import { Hosts } from './hosts';
import { Kernels } from './kernels';
import { openNotebook } from './notebooks';
import { NotebookRecord } from './record';
import { Settings } from './settings';
import { Sidebar } from './sidebar';
import { Tabs } from './tabs';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'gemba:ledger',
  description: "Shows gemba's ledger: what was run, with what, and what came out.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ILayoutRestorer, ICommandPalette, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
  ) => {
    const began = performance.now();
    speak((translator ?? nullTranslator).load('gemba'));
    const settings = new Settings();
    const kernels = new Kernels(app.serviceManager, tracker, () => settings.now.startKernel);
    const tabs = new Tabs(app);
    const hosts = new Hosts(kernels, { go: (place, panel) => void tabs.open(place, panel), openNotebook: (path, cell) => void openNotebook(app, tracker, path, cell) });
    tabs.hosts = hosts;
    const records = new WeakMap<NotebookPanel, NotebookRecord>();
    const record = (panel: NotebookPanel): NotebookRecord => {
      const known = records.get(panel) ?? new NotebookRecord(panel, hosts, kernels, path => app.serviceManager.contents.localPath(path));
      records.set(panel, known);
      return known;
    };
    const sidebar = new Sidebar(app, tracker, kernels, hosts, restorer);
    addCommands({ app, tracker, tabs, hosts, sidebar, record }, palette);
    if (restorer) tabs.restore(restorer);
    const badges = new Map<NotebookPanel, Badges>();
    const mark = (panel: NotebookPanel): void => {
      if (!settings.now.badges || badges.has(panel) || panel.isDisposed) return;
      badges.set(panel, new Badges(panel, record(panel), place => tabs.open(place, panel)));
      panel.disposed.connect(() => badges.delete(panel));
    };
    settings.changed = ({ panel, badges: wanted }) => {
      sidebar.set(panel);
      if (wanted) return tracker.forEach(mark);
      for (const shown of badges.values()) shown.dispose();
      badges.clear();
    };
    tracker.widgetAdded.connect((_, panel) => mark(panel));
    void settings.follow(registry, plugin.id);
    performance.measure('gemba: activate', { start: began });
  },
};

export default plugin;
