import { N_, trans } from '../../trans';

/** The kinds of nodes, in the order of their making: what they are called, and how they look. */
export const kinds: { id: string; title: string; word: string; mark: string }[] = [
  { id: 'file', title: N_('Files'), word: N_('file'), mark: 'M3 1h7l3 3v11H3zM5 7h6v1H5zM5 10h6v1H5z' },
  { id: 'cell', title: N_('Cells'), word: N_('cell'), mark: 'M1 3h14v10H1zM3 6l2 2-2 2v1l3-3-3-3zM7 10h5v1H7z' },
  { id: 'run', title: N_('Runs'), word: N_('run'), mark: 'M1 14h14v-1H2V2H1zM4 10l3-4 3 2 4-5-1-1-3 4-3-2-4 5z' },
  { id: 'snapshot', title: N_('Snapshots'), word: N_('snapshot'), mark: 'M5 2h6l1 2h3v10H1V4h3zM8 6a3 3 0 1 0 0 6 3 3 0 0 0 0-6z' },
  { id: 'artifact', title: N_('Artifacts'), word: N_('artifact'), mark: 'M8 1l7 3.5v7L8 15l-7-3.5v-7zM2 5v6l5 2.7V8zM14 5L9 8v5.7l5-2.7z' },
  { id: 'model', title: N_('Models'), word: N_('model'), mark: 'M8 1l2 5h5l-4 3 1.500 5L8 11l-4.500 3L5 9 1 6h5z' },
];

export function kindOf(id: string): { id: string; mark: string } {
  return kinds.find(k => k.id === id) ?? { id, mark: 'M2 2h12v12H2z' };
}

/** What a node of a kind is called. */
export function wordOf(id: string): string {
  const word = kinds.find(k => k.id === id)?.word;
  return word ? trans.__(word) : id;
}

/** What an edge says beside the node at its other end: where it comes from, and where it goes to. */
export const edges: Record<string, { from: string; to: string }> = {
  read: { from: N_('was read by this'), to: N_('this was read by') },
  removed: { from: N_('was removed by this'), to: N_('this was removed by') },
  wrote: { from: N_('wrote this'), to: N_('this wrote') },
  used: { from: N_('was used by this'), to: N_('this was used by') },
  logged: { from: N_('logged this'), to: N_('this logged') },
  took: { from: N_('took this'), to: N_('this took') },
  kept: { from: N_('kept this'), to: N_('this kept') },
  parent: { from: N_('is the parent of this'), to: N_('this is the parent of') },
  version: { from: N_('became this'), to: N_('this became') },
  through: { from: N_('led to this'), to: N_('this led to') },
};
