// The views by id and title, for menus and tabs: the views themselves are loaded when one is looked at.
import { N_, trans } from '../trans';

export const places: [id: string, title: string][] = [
  ['home', N_('Home')],
  ['timeline', N_('Timeline')],
  ['runs', N_('Runs')],
  ['compare', N_('Compare')],
  ['charts', N_('Charts')],
  ['lineage', N_('Lineage')],
  ['review', N_('Review')],
  ['verify', N_('Verify')],
  ['disk', N_('Disk')],
  ['environment', N_('Environment')],
];

/** The title of a view, in the reader's language. */
export function titleOf(view: string): string {
  const title = places.find(([id]) => id === view)?.[1];
  return title ? trans.__(title) : view;
}
