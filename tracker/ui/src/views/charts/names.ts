/** Runs by names that tell them apart: of those that share one, and of those without, the id's first digits are told. */
export function toldApart<R extends { id: string; name: string }>(runs: R[]): R[] {
  const times = new Map<string, number>();
  for (const run of runs) times.set(run.name, (times.get(run.name) ?? 0) + 1);
  return runs.map(run => (run.name === '' || times.get(run.name)! > 1 ? { ...run, name: `${run.name} ${run.id.slice(0, 8)}`.trim() } : run));
}
