// The paths of notebooks: Jupyter names them from the server's folder, the ledger by where they are on the disk.
import { PageConfig, PathExt } from '@jupyterlab/coreutils';

/** The server's folder; its beginning may be unknown, as of "~/work". */
function root(): string {
  return PageConfig.getOption('serverRoot').replace(/\\/g, '/').replace(/\/+$/, '');
}

/** The path, or as much of its end as is known, by which the ledger knows a notebook. */
export function ledgerPath(local: string): string {
  const folder = root();
  return folder.startsWith('~') ? PathExt.join(folder.replace(/^~[^/]*\/?/, ''), local) : folder ? PathExt.join(folder, local) : local;
}

/** Homes, whose names "~" leaves out. */
const home = /^(\/root|\/home\/[^/]+|\/Users\/[^/]+|[A-Za-z]:\/Users\/[^/]+)\//;

/** The path from the server's folder of a notebook that the ledger knows; undefined when it is not in that folder. */
export function serverPath(recorded: string): string | undefined {
  const path = recorded.replace(/\\/g, '/');
  const folder = root();
  if (folder === '~') return home.test(path) ? path.replace(home, '') : undefined;
  if (!folder.startsWith('~')) return folder && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path.startsWith('/') ? undefined : path;
  const tail = `${folder.replace(/^~[^/]*/, '')}/`;
  const at = path.indexOf(tail);
  return at < 0 ? undefined : path.slice(at + tail.length);
}
