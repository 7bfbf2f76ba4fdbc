import { LabIcon } from '@jupyterlab/ui-components';

/** An icon of JupyterLab from the paths of a 16 by 16 one. */
export function labIcon(name: string, paths: string): LabIcon {
  const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" d="${paths}"/></svg>`;
  return new LabIcon({ name: `gemba:${name}`, svgstr });
}

/** gemba's own: a ledger with a mark in it. */
export function gembaIcon(): LabIcon {
  return labIcon('ledger', 'M3 1h9a1.5 1.5 0 0 1 1.5 1.5v11A1.5 1.5 0 0 1 12 15H3V1zm1.5 1.5v11H12v-11H4.5zM6 5h4.5v1.4H6V5zm0 2.8h2.6v1.4H6V7.8zm4.9 1.1 1 1-2.9 2.9-1.7-1.7 1-1 .7.7 1.9-1.9z');
}
