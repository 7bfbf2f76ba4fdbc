import { bytes, duration } from '../../parts/format';

/** How far work in the background is. */
export function Progress({ what, done, total, took }: { what: string; done?: number | undefined; total?: number | undefined; took?: number | undefined }) {
  const known = done !== undefined && total !== undefined && total > 0;
  return (
    <div class="gm-progress" role="status">
      <progress class="gm-progress-bar" aria-label={what} max={known ? total : undefined} value={known ? Math.min(done, total) : undefined} />
      <p>
        {what}
        {known && `: ${bytes(done)} of ${bytes(total)}`}
        {took !== undefined && <span class="gm-dim"> · {duration(took)}</span>}
      </p>
    </div>
  );
}
