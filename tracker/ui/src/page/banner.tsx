import { Fault, type Schemas } from '../api/client';
import { Link } from '../parts/link';
import { placed, trans } from '../trans';
import { Onward } from './onward';

/** What is the matter with the ledger, where something is. */
export function Banner({ ledger, error, connected }: { ledger: Schemas['Ledger'] | undefined; error: Error | undefined; connected: boolean }) {
  if (!connected) {
    return (
      <div class="gm-stale">
        <span role="status">{trans.__('gemba does not answer: what is shown is how it was before. The page connects again by itself.')}</span>
        <details>
          <summary>{trans.__('gemba ui runs at another address now')}</summary>
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
      <strong>{trans.__('Part of this ledger cannot be read.')}</strong> {/entry \d/.test(first!.reason) ? first!.reason : trans.__('Journal %1, entry %2: %3', first!.journal, first!.entry, first!.reason)}.
      {problems.length > 1 && ` ${trans.__('%1 more.', problems.length - 1)}`} {trans.__('What is shown lacks it.')} <Link to={{ view: 'verify', params: {} }}>{trans.__('Check the ledger')}</Link>
    </p>
  );
}

/** A newer gemba was here while this one serves. */
function Newer() {
  return (
    <p class="gm-banner-bad" role="alert">
      <strong>{trans.__('A newer gemba wrote this ledger.')}</strong>{' '}
      {placed(
        trans.__('What is shown lacks what this one does not know. Install the newer one, and start %1 again: %2', '%1', '%2'),
        <code>gemba ui</code>, <code>go install github.com/gemba-ml/gemba@latest</code>,
      )}
    </p>
  );
}
