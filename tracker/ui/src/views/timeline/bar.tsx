import { duration } from '../../parts/format';
import { trans } from '../../trans';
import type { Row } from './rows';

/** A duration against the longest of the list, what was built and what ran apart. */
export function Bar({ row, longest }: { row: Row; longest: number }) {
  const whole = Math.max(row.wall_ns, row.build_ns + row.run_ns);
  const width = (ns: number): number => (longest > 0 && ns > 0 ? Math.max(1, (ns / longest) * 100) : 0);
  const build = width(row.build_ns);
  const run = Math.max(width(whole) - build, whole > row.build_ns ? 1 : 0);
  const told = row.build_ns > 0
    ? trans.__('built in %1, ran for %2', duration(row.build_ns), duration(row.run_ns))
    : trans.__('ran for %1', duration(row.run_ns || row.wall_ns));
  return (
    <svg class="gm-tl-bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={told}>
      <title>{told}</title>
      <rect class="gm-tl-bar-build" x={100 - build - run} width={build} height="6" />
      <rect class="gm-tl-bar-run" x={100 - run} width={run} height="6" />
    </svg>
  );
}
