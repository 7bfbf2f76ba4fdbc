// How each media type is shown, and which of an output's is shown first.
import { N_, trans } from '../../trans';
import type { OutputData } from './use';

export type Kind = 'text' | 'markdown' | 'latex' | 'image' | 'svg' | 'document' | 'program' | 'json' | 'vendor' | 'sound' | 'film' | 'file';

const kinds: Record<string, Kind> = {
  'text/plain': 'text',
  'text/markdown': 'markdown',
  'text/latex': 'latex',
  'application/x-latex': 'latex',
  'text/html': 'document',
  'application/xhtml+xml': 'document',
  'application/javascript': 'program',
  'text/javascript': 'program',
  'image/svg+xml': 'svg',
  'image/png': 'image',
  'image/jpeg': 'image',
  'image/gif': 'image',
  'image/webp': 'image',
  'image/avif': 'image',
  'application/json': 'json',
};

export function kindOf(type: string): Kind {
  const known = kinds[type];
  if (known) return known;
  if (type.endsWith('+json')) return 'vendor';
  if (type.startsWith('audio/')) return 'sound';
  if (type.startsWith('video/')) return 'film';
  return type.startsWith('text/') ? 'text' : 'file';
}

/** What front ends would draw with programs of their own. */
const vendors: [RegExp, string][] = [
  [/plotly/, N_('a Plotly figure')],
  [/jupyter\.widget/, N_('a widget')],
  [/vega|altair/, N_('a Vega chart')],
  [/bokeh|holoviews/, N_('a Bokeh figure')],
];

export function vendorOf(type: string): string {
  const known = vendors.find(([pattern]) => pattern.test(type))?.[1];
  return known === undefined ? trans.__('what %1 stands for', type) : trans.__(known);
}

/** The representation to show first: the richest that can be shown here, texts where there is nothing else. */
export function firstOf(data: readonly OutputData[]): OutputData | undefined {
  const shown = (x: OutputData): boolean => !['vendor', 'file', 'program'].includes(kindOf(x.type));
  return data.find(x => shown(x) && x.type !== 'text/plain') ?? data.find(x => kindOf(x.type) === 'program') ?? data.find(shown) ?? data[0];
}
