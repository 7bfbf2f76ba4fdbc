// Places as they stand in the page's address: #/runs?filter=…
import type { Place } from '../host';

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const params: Place['params'] = {};
  const search = new URLSearchParams(query);
  for (const name of new Set(search.keys())) {
    const all = search.getAll(name);
    params[name] = all.length === 1 ? all[0]! : all;
  }
  return { view: decoded(path) || 'home', params };
}

export function hashOf({ view, params }: Place): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const text of Array.isArray(value) ? value : [value]) if (text !== '') search.append(name, text);
  }
  const query = search.toString();
  return `#/${encodeURIComponent(view)}${query ? `?${query}` : ''}`;
}

/** A text of an address; as it stands where it is none that a program wrote. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
