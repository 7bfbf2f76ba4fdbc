/** The kinds of nodes, in the order of their making: what they are called, and how they look. */
export const kinds: { id: string; title: string; mark: string }[] = [
  { id: 'file', title: 'Files', mark: 'M3 1h7l3 3v11H3zM5 7h6v1H5zM5 10h6v1H5z' },
  { id: 'cell', title: 'Cells', mark: 'M1 3h14v10H1zM3 6l2 2-2 2v1l3-3-3-3zM7 10h5v1H7z' },
  { id: 'run', title: 'Runs', mark: 'M1 14h14v-1H2V2H1zM4 10l3-4 3 2 4-5-1-1-3 4-3-2-4 5z' },
  { id: 'snapshot', title: 'Snapshots', mark: 'M5 2h6l1 2h3v10H1V4h3zM8 6a3 3 0 1 0 0 6 3 3 0 0 0 0-6z' },
  { id: 'artifact', title: 'Artifacts', mark: 'M8 1l7 3.5v7L8 15l-7-3.5v-7zM2 5v6l5 2.7V8zM14 5L9 8v5.7l5-2.7z' },
  { id: 'model', title: 'Models', mark: 'M8 1l2 5h5l-4 3 1.500 5L8 11l-4.500 3L5 9 1 6h5z' },
];

export function kindOf(id: string): { id: string; title: string; mark: string } {
  return kinds.find(k => k.id === id) ?? { id, title: id, mark: 'M2 2h12v12H2z' };
}

/** What an edge says, read from its beginning to its end. */
export const edges: Record<string, string> = {
  read: 'was read by', removed: 'was removed by', wrote: 'wrote', used: 'was used by', logged: 'logged', took: 'took', kept: 'kept', parent: 'is the parent of', version: 'became',
  through: 'led to',
};
