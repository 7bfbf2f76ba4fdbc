// All outputs of a cell execution.
import './output.css';
import { useState } from 'preact/hooks';
import { bytes, short } from '../format';
import { Failed } from '../states';
import { Save } from './bytes';
import { Output } from './output';
import { arranged, useOutputs } from './use';

/** What a cell execution showed, in its order; what of it is missing is said. */
export function Outputs({ cell }: { cell: string }) {
  const { pages, error, loading, more, again } = useOutputs(cell);
  const [cleared, showCleared] = useState(false);
  const last = pages.at(-1);
  if (last === undefined) return error ? <Failed error={error} again={again} /> : <p class="gm-output-note" role="status">Reading outputs…</p>;
  const items = pages.flatMap(page => page.items ?? []);
  const missing = last.missing ?? [];
  const shown = arranged(items, cleared);
  const gone = items.filter(item => !item.shown && item.type !== 'clear_output' && item.type !== 'update_display_data').length;
  return (
    <div class="gm-outputs">
      {error && <p class="gm-output-missing" role="alert">{error.message}. This is how it was before.</p>}
      {gone > 0 && (
        <p class="gm-output-note">
          {gone.toLocaleString('en')} {gone === 1 ? 'output was' : 'outputs were'} shown and cleared again.{' '}
          <button class="gm-link" aria-pressed={cleared} onClick={() => showCleared(!cleared)}>{cleared ? 'Hide' : 'Show'}</button>
        </p>
      )}
      {missing.map(m => (
        <p key={m.n} class="gm-output-missing" role="alert">
          {m.count === 1 ? `The bytes of output ${m.n + 1} are` : `The bytes of ${m.count} outputs from ${m.n + 1} on are`} not in the ledger: {m.why}
        </p>
      ))}
      {shown.map(output => <Output key={output.n} output={output} />)}
      {shown.length === 0 && missing.length === 0 && <p class="gm-output-note">{last.status === 'running' ? 'Nothing was shown yet.' : 'It showed nothing.'}</p>}
      {last.truncated && <p class="gm-output-missing">It showed more than is kept: {bytes(last.dropped_bytes)} from the middle are not recorded.</p>}
      {last.next !== undefined && (
        <p class="gm-output-note gm-outputs-more">
          <button class="gm-button" disabled={loading} onClick={more}>
            Show more outputs ({items.length.toLocaleString('en')} of {last.total.toLocaleString('en')})
          </button>{' '}
          {items.some(item => item.type === 'stream') && <Save path={`/api/cells/${cell}/text`} name={`cell-${short(cell)}.txt`}>Save all text</Save>}
        </p>
      )}
    </div>
  );
}
