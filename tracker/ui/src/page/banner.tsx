import { Fault, type Schemas } from '../api/client';
import { Link } from '../parts/link';
import { Onward } from './onward';

/** What is the matter with the ledger, where something is. */
export function Banner({ ledger, error, connected }: { ledger: Schemas['Ledger'] | undefined; error: Error | undefined; connected: boolean }) {
  if (!connected) {
    return (
      <div class="gm-stale">
        <span role="status">gemba does not answer: what is shown is how it was before. The page connects again by itself.</span>
        <details>
          <summary>gemba ui runs at another address now</summary>
          <Onward />
        </details>
      </div>
    );
  }
  if (error instanceof Fault && error.code === 'newer_ledger') return <Newer />;
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

/** A newer gemba was here while this one serves. */
function Newer() {
  return (
    <p class="gm-banner-bad" role="alert">
      <strong>A newer gemba wrote this ledger.</strong> What is shown lacks what this one does not know. Install the newer one, and start <code>gemba ui</code> again: <code>go install github.com/gemba-ml/gemba@latest</code>
    </p>
  );
}
