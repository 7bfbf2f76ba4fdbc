// Loads the views, which are a script of their own, when the first of them is looked at.
import { trans } from '../trans';

declare const GEMBA_VIEWS: string;
declare const GEMBA_VIEWS_STYLE: string;

export type Views = typeof import('./mount');

const styleID = 'gemba-views-style';

export async function loadViews(): Promise<Views> {
  const base = (globalThis as unknown as { __gembaBase: string }).__gembaBase;
  await addStyle(base + GEMBA_VIEWS_STYLE);
  const views = (await import(base + GEMBA_VIEWS)) as Views; // the browser loads it once
  views.speak(trans);
  return views;
}

function addStyle(href: string): Promise<void> {
  if (document.getElementById(styleID)) return Promise.resolve();
  const link = Object.assign(document.createElement('link'), { id: styleID, rel: 'stylesheet', href });
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error(trans.__('The views could not be loaded: was gemba updated meanwhile? Reload the page')));
    };
    document.head.append(link);
  });
}
