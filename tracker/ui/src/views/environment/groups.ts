// Facts of an environment belong together by the first part of their names.

import type { Schemas } from '../../api/client';

type Fact = Schemas['account.Fact'];

/** The groups by their names, and what belongs to each. */
export function grouped(facts: Fact[]): [string, Fact[]][] {
  const groups = new Map<string, Fact[]>();
  for (const fact of facts) {
    const group = groupOf(fact.name);
    groups.set(group, [...(groups.get(group) ?? []), fact]);
  }
  return [...groups].sort(([a], [b]) => (labels[a] ?? a).localeCompare(labels[b] ?? b));
}

function groupOf(name: string): string {
  const first = name.split('.', 1)[0] ?? '';
  return first === name && !(first in labels) ? 'other' : first;
}

/** What people call the groups. */
export const labels: Record<string, string> = {
  compute: 'Compute', cpu: 'Processor', engine: 'Engine', env: 'Environment variables', gemba: 'gemba', go: 'Go', gpu: 'Graphics processors',
  memory: 'Memory', module: 'Go modules', os: 'Operating system', other: 'Other', package: 'Packages', python: 'Python', time: 'Time', locale: 'Language',
};
