// The views as tabs of JupyterLab's main area; one tab for each view.
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { SplitPanel, Widget } from '@lumino/widgets';
import type { Host, Place } from '../host';
import { trans } from '../trans';
import type { Hosts } from './hosts';
import { gembaIcon, labIcon } from './icon';
import type { ShownView } from './mount';
import { titleOf } from './places';
import { loadViews } from './views';

/** The command that restores tabs. */
export const openCommand = 'gemba:open';

/** A widget in which views' styles hold. */
export function room(name: string): Widget {
  const widget = new Widget();
  widget.addClass('gemba');
  widget.addClass(`gm-lab-${name}`);
  widget.node.dataset['host'] = 'lab';
  widget.node.tabIndex = -1;
  return widget;
}

/** Says in a node that something could not be shown. */
export function explain(node: HTMLElement, error: unknown): void {
  const p = Object.assign(document.createElement('p'), { className: 'gm-lab-none', textContent: error instanceof Error ? error.message : String(error) });
  p.setAttribute('role', 'alert');
  node.replaceChildren(p);
}

/** Gives what was put below the notebook more than half of the page: it would have none at first. */
function giveRoom(widget: Widget): void {
  for (let up = widget.parent; up; up = up.parent) {
    if (!(up instanceof SplitPanel) || up.orientation !== 'vertical') continue;
    const [, below = 0] = up.relativeSizes();
    if (up.widgets.length === 2 && below < 0.2) up.setRelativeSizes([2, 3]);
    return;
  }
}

interface Tab {
  widget: MainAreaWidget;
  place: Place;
  shown?: ShownView;
  panel: NotebookPanel | null;
}

export class Tabs {
  private readonly tabs = new Map<string, Tab>();
  private readonly tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'gemba-views' });
  hosts?: Hosts;

  constructor(private readonly app: JupyterFrontEnd) {}

  /** Opens the tabs again that were open when the page was left. */
  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: openCommand,
      args: widget => ({ view: this.of(widget)?.place.view ?? '', params: this.of(widget)?.place.params ?? {}, behind: true }),
      name: widget => widget.id,
    });
  }

  /** Shows a place in the tab of its view: in front, unless JupyterLab puts tabs back where they were. */
  open(place: Place, panel: NotebookPanel | null, front = true): MainAreaWidget {
    let tab = this.tabs.get(place.view);
    if (tab && tab.panel !== panel) {
      tab.widget.dispose(); // it shows another notebook's ledger
      tab = undefined;
    }
    if (tab) {
      tab.place = place;
      tab.shown?.update(place.params);
    } else {
      tab = this.make(place, panel);
    }
    if (!tab.widget.isAttached) this.add(tab.widget);
    if (front) this.app.shell.activateById(tab.widget.id);
    void this.tracker.save(tab.widget);
    return tab.widget;
  }

  /** Adds a widget to the main area; Notebook 7 has room for the notebook alone there, so it goes below. */
  add(widget: Widget): void {
    this.app.shell.add(widget, 'main');
    if (widget.isAttached) return;
    this.app.shell.add(widget, 'down');
    if (!widget.isAttached) this.app.shell.add(widget, 'right');
    giveRoom(widget);
  }

  private of(widget: MainAreaWidget): Tab | undefined {
    return [...this.tabs.values()].find(tab => tab.widget === widget);
  }

  private make(place: Place, panel: NotebookPanel | null): Tab {
    const content = room('view');
    const widget = new MainAreaWidget({ content });
    const title = titleOf(place.view);
    widget.id = `gemba-${place.view}`;
    Object.assign(widget.title, { label: title, caption: trans.__("%1: gemba's ledger", title), icon: gembaIcon(), closable: true });
    widget.toolbar.hide(); // it would be empty
    const tab: Tab = { widget, place, panel };
    this.tabs.set(place.view, tab);
    void this.tracker.add(widget);
    widget.disposed.connect(() => {
      tab.shown?.remove();
      if (this.tabs.get(place.view) === tab) this.tabs.delete(place.view);
    });
    this.fill(tab, content.node).catch(error => explain(content.node, error));
    return tab;
  }

  private async fill(tab: Tab, node: HTMLElement): Promise<void> {
    const views = await loadViews();
    if (tab.widget.isDisposed) return;
    const restate: Host['restate'] = params => {
      tab.place = { ...tab.place, params };
      void this.tracker.save(tab.widget);
    };
    tab.widget.title.icon = labIcon(tab.place.view, views.iconOf(tab.place.view));
    tab.shown = views.showView(node, (this.hosts as Hosts).host(tab.panel, restate), tab.place.view, tab.place.params);
  }
}
