// What the extension shows with Preact: views, the side panel, and versions of a cell. It is a script of its own, loaded at first use.
import '../style/tokens.css';
import '../style/parts.css';
import './views.css';
import { render, type ComponentChild } from 'preact';
import { HostContext, type Host, type Place } from '../host';
import { viewOf } from '../views';
import { Panel, type PanelModel } from './panel';
import { Version, type VersionModel } from './version';

export { speak } from '../trans';

/** Something that is shown in a node. */
export interface Shown {
  remove(): void;
}

export interface ShownView extends Shown {
  update(params: Place['params']): void;
}

function show(node: HTMLElement, host: Host, child: ComponentChild): void {
  render(<HostContext.Provider value={host}>{child}</HostContext.Provider>, node);
}

/** Shows a view in a node, and another place of it when it is updated. */
export function showView(node: HTMLElement, host: Host, id: string, params: Place['params']): ShownView {
  const Show = viewOf(id).show;
  const update = (now: Place['params']): void => show(node, host, <Show params={now} />);
  update(params);
  return { update, remove: () => render(null, node) };
}

/** The paths of the icon of a view. */
export function iconOf(id: string): string {
  return viewOf(id).icon;
}

export function showPanel(node: HTMLElement, host: Host, model: PanelModel): Shown {
  show(node, host, <Panel key={model.id} {...model} />);
  return { remove: () => render(null, node) };
}

export function showVersion(node: HTMLElement, host: Host, model: VersionModel): Shown {
  show(node, host, <Version {...model} />);
  return { remove: () => render(null, node) };
}
