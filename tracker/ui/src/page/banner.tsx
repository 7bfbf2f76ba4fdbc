import { Fault, type Schemas } from '../api/client';
import { Link } from '../parts/link';

/** What is the matter with the ledger, where something is. */
export function Banner({ ledger, error, connected }: { ledger: Schemas['Ledger'] | undefined; error: Error | undefined; connected: boolean }) {
  if (!connected) {
    return (
      <p class="gm-stale" role="status">
        gemba does not answer: what is shown is how it was before. The page connects again by itself.
      </p>
    );
  }
  if (error) return <p class="gm-banner-bad" role="alert">{error.message}{error instanceof Fault && error.hint && `: ${error.hint}`}</p>;
  const problems = ledger?.problems ?? [];
  if (problems.length === 0) return null;
  const [first] = problems;
  return (
    <p class="gm-banner-bad" role="alert">
      <strong>Part of this ledger cannot be read.</strong> {/entry \d/.test(first!.reason) ? first!.reason : `Journal ${first!.journal}, entry ${first!.entry}: ${first!.reason}`}.
      {problems.length > 1 && ` ${problems.length - 1} more.`} What is shown lacks it. <Link to={{ view: 'verify', params: {} }}>Check the ledger</Link>
    </p>
  );
}

/** Whether a page's token is not, or no longer, the server's. */
export function isStranger(error: Error | undefined): boolean {
  return error instanceof Fault && error.status === 403;
}

/** In the place of a view, where the server knows this page no longer. */
export function Stranger() {
  return (
    <div class="gm-state" role="alert">
      <p class="gm-state-title">This page may not read the ledger</p>
      <p>gemba ui was started anew, or the address is not complete. Open the address that <code>gemba ui</code> printed last: it has a token in it.</p>
    </div>
  );
}
