// Facts of an environment belong together by the first part of their names.

import type { Schemas } from '../../api/client';
import { N_, wordFor } from '../../trans';

type Fact = Schemas['account.Fact'];

/** The groups by their names, and what belongs to each. */
export function grouped(facts: Fact[]): [string, Fact[]][] {
  const groups = new Map<string, Fact[]>();
  for (const fact of facts) {
    const group = groupOf(fact.name);
    groups.set(group, [...(groups.get(group) ?? []), fact]);
  }
  return [...groups].sort(([a], [b]) => labelOf(a).localeCompare(labelOf(b)));
}

function groupOf(name: string): string {
  const first = name.split('.', 1)[0] ?? '';
  return first === name && !(first in labels) ? 'other' : first;
}

/** What people call a group. */
export function labelOf(group: string): string {
  return wordFor(labels, group);
}

const labels: Record<string, string> = {
  compute: N_('Compute'), cpu: N_('Processor'), engine: N_('Engine'), env: N_('Environment variables'), gemba: 'gemba', go: N_('Go'), gpu: N_('Graphics processors'),
  memory: N_('Memory'), module: N_('Go modules'), os: N_('Operating system'), other: N_('Other'), package: N_('Packages'), python: N_('Python'), time: N_('Time'), locale: N_('Language'),
};
