// Which outputs may run their scripts: what the reader allowed, in this page, and nowhere else.
import type { Host } from '../../host';

const chosen = new WeakMap<Host, Set<string>>();

export function allowed(host: Host, output: string): boolean {
  return chosen.get(host)?.has(output) ?? false;
}

export function allow(host: Host, output: string, on: boolean): void {
  const set = chosen.get(host) ?? new Set<string>();
  chosen.set(host, set);
  if (on) set.add(output);
  else set.delete(output);
}
