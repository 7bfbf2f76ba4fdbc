// All outputs of a cell execution.
import './output.css';
import { useState } from 'preact/hooks';
import { trans } from '../../trans';
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
  if (last === undefined) return error ? <Failed error={error} again={again} /> : <p class="gm-output-note" role="status">{trans.__('Reading outputs…')}</p>;
  const items = pages.flatMap(page => page.items ?? []);
  const missing = last.missing ?? [];
  const shown = arranged(items, cleared);
  const gone = items.filter(item => !item.shown && item.type !== 'clear_output' && item.type !== 'update_display_data').length;
  return (
    <div class="gm-outputs">
      {error && <p class="gm-output-missing" role="alert">{error.message}. {trans.__('This is how it was before.')}</p>}
      {gone > 0 && (
        <p class="gm-output-note">
          {trans._n('%2 output was shown and cleared again.', '%2 outputs were shown and cleared again.', gone, gone.toLocaleString('en'))}{' '}
          <button class="gm-link" aria-pressed={cleared} onClick={() => showCleared(!cleared)}>{cleared ? trans.__('Hide') : trans.__('Show')}</button>
        </p>
      )}
      {missing.map(m => (
        <p key={m.n} class="gm-output-missing" role="alert">
          {trans._n('The bytes of output %2 are not in the ledger: %3', 'The bytes of %1 outputs from %2 on are not in the ledger: %3', m.count, m.n + 1, m.why)}
        </p>
      ))}
      {shown.map(output => <Output key={output.n} output={output} />)}
      {shown.length === 0 && missing.length === 0 && <p class="gm-output-note">{last.status === 'running' ? trans.__('Nothing was shown yet.') : trans.__('It showed nothing.')}</p>}
      {last.truncated && <p class="gm-output-missing">{trans.__('It showed more than is kept: %1 from the middle are not recorded.', bytes(last.dropped_bytes))}</p>}
      {last.next !== undefined && (
        <p class="gm-output-note gm-outputs-more">
          <button class="gm-button" disabled={loading} onClick={more}>
            {trans.__('Show more outputs (%1 of %2)', items.length.toLocaleString('en'), last.total.toLocaleString('en'))}
          </button>{' '}
          {items.some(item => item.type === 'stream') && <Save path={`/api/cells/${cell}/text`} name={`cell-${short(cell)}.txt`}>{trans.__('Save all text')}</Save>}
        </p>
      )}
    </div>
  );
}
