// Notebooks and their sessions, as the reader chooses among them.
import type { Schemas } from '../../api/client';
import { N_, trans } from '../../trans';

export type Notebook = Schemas['Notebook'];
export type SessionRow = Schemas['SessionRow'];

const states: Record<string, { title: string; look: string; means: string }> = {
  open: { title: N_('running'), look: 'info', means: N_('Its kernel runs.') },
  running: { title: N_('running'), look: 'info', means: N_('Its kernel runs.') },
  closed: { title: N_('ended'), look: '', means: N_('Its kernel was shut down, or its cells were through.') },
  ended: { title: N_('ended'), look: '', means: N_('Its kernel was shut down, or its cells were through.') },
  cut: { title: N_('cut off'), look: 'bad', means: N_('Its kernel was killed or the machine went down: what was recorded until then is here.') },
};

export function sessionState(status: string): { title: string; look: string; means: string } {
  const state = states[status];
  return state ? { title: trans.__(state.title), look: state.look, means: trans.__(state.means) } : { title: status, look: '', means: '' };
}

/** The notebook that a path means: the front end tells it from the folder that it serves, a kernel from the root. */
export function notebookOf(all: readonly Notebook[], path: string): Notebook | undefined {
  const tail = `/${path.replace(/^\//, '')}`;
  return all.find(n => n.notebook === path) ?? all.find(n => n.notebook.endsWith(tail) || path.endsWith(`/${n.notebook}`));
}

/** The folder of a notebook. */
export function folderOf(notebook: Notebook): string {
  return notebook.notebook.replace(/[\\/][^\\/]*$/, '');
}

/** What a notebook, or a session of it, is called. */
export function nameOf(of: { notebook: string; name: string }): string {
  return of.notebook === '' ? trans.__('Programs') : of.name; // of gemba exec: each session is one
}
