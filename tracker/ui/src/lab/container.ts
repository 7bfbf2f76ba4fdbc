// What JupyterLab asks of a prebuilt extension: window._JUPYTERLAB[name] with init and get. It is how webpack shares modules
// (https://webpack.js.org/concepts/module-federation/), written by hand: the extension takes JupyterLab's own packages and brings none.
declare const GEMBA_NAME: string;
declare const GEMBA_SHARED: string[];
declare const GEMBA_STYLE: string;

interface Version {
  loaded?: unknown;
  get(): Promise<() => unknown>;
}
type Scope = Record<string, Record<string, Version> | undefined>;

let scope: Scope = {};

function compare(a: string, b: string): number {
  const [x, y] = [a, b].map(v => v.split(/[.-]/).map(n => Number(n) || 0)) as [number[], number[]];
  const at = [0, 1, 2].find(i => x[i] !== y[i]);
  return at === undefined ? 0 : (x[at] ?? 0) - (y[at] ?? 0);
}

/** Returns JupyterLab's package of a name: the copy in use, else the newest. */
async function share(name: string): Promise<unknown> {
  const versions = scope[name];
  if (!versions) throw new Error(`gemba: this JupyterLab shares no ${name}; gemba needs JupyterLab 4 or Notebook 7`);
  const keys = Object.keys(versions);
  const key = keys.find(k => versions[k]?.loaded) ?? keys.sort(compare).pop() ?? '';
  return (await (versions[key] as Version).get())();
}

function addStyle(): () => unknown {
  const element = document.createElement('style');
  element.textContent = GEMBA_STYLE;
  document.head.append(element);
  return () => ({});
}

const global = globalThis as unknown as {
  _JUPYTERLAB?: Record<string, unknown>;
  __gembaShared?: Record<string, unknown>;
  __gembaBase?: string;
};
global.__gembaBase = new URL('.', (document.currentScript as HTMLScriptElement | null)?.src ?? document.baseURI).href;
(global._JUPYTERLAB ??= {})[GEMBA_NAME] = {
  init(given: Scope) {
    scope = given;
  },
  async get(module: string) {
    if (module === './style') return addStyle();
    const modules = await Promise.all(GEMBA_SHARED.map(share));
    global.__gembaShared = Object.fromEntries(GEMBA_SHARED.map((name, i) => [name, modules[i]]));
    const began = performance.now();
    const extension = { __esModule: true, default: (await import('./index')).default }; // JupyterLab looks for the mark of CommonJS
    performance.measure('gemba: load', { start: began });
    return () => extension;
  },
};
