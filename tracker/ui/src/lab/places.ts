// The views by id and title, for menus and tabs: the views themselves are loaded when one is looked at.

export const places: [id: string, title: string][] = [
  ['home', 'Home'],
  ['timeline', 'Timeline'],
  ['runs', 'Runs'],
  ['compare', 'Compare'],
  ['charts', 'Charts'],
  ['lineage', 'Lineage'],
  ['review', 'Review'],
  ['verify', 'Verify'],
  ['disk', 'Disk'],
  ['environment', 'Environment'],
];

export function titleOf(view: string): string {
  return places.find(([id]) => id === view)?.[1] ?? view;
}
