import { bytes, duration } from '../../parts/format';
import { trans } from '../../trans';

/** How far work in the background is. */
export function Progress({ what, done, total, took }: { what: string; done?: number | undefined; total?: number | undefined; took?: number | undefined }) {
  const known = done !== undefined && total !== undefined && total > 0;
  return (
    <div class="gm-progress" role="status">
      <progress class="gm-progress-bar" aria-label={what} max={known ? total : undefined} value={known ? Math.min(done, total) : undefined} />
      <p>
        {known ? trans.__('%1: %2 of %3', what, bytes(done), bytes(total)) : what}
        {took !== undefined && <span class="gm-dim"> · {duration(took)}</span>}
      </p>
    </div>
  );
}
