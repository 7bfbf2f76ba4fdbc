import type { Schemas } from '../../api/client';
import { short } from '../../parts/format';
import { N_, trans } from '../../trans';

type Journal = Schemas['journal.JournalReport'];

const states: Record<string, string> = { live: N_('being written'), cut: N_('cut short when its writer died'), closed: N_('closed') };

function stateOf({ state = '' }: Journal): string {
  const known = states[state];
  return known === undefined ? '' : trans.__(known);
}

/** Each journal: how many entries, and how many of them are signed. */
export function Journals({ journals, problems }: { journals: Journal[]; problems: Schemas['VerifyProblem'][] }) {
  const wrong = new Set(problems.map(p => p.journal));
  return (
    <details class="gm-card gm-words">
      <summary>
        <h2>{trans.__('Journals')}</h2> <span class="gm-dim">{journals.length.toLocaleString('en')}</span>
      </summary>
      <table class="gm-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Journal')}</th>
            <th scope="col">{trans.__('State')}</th>
            <th scope="col" class="gm-num">{trans.__('Entries')}</th>
            <th scope="col" class="gm-num">{trans.__('Signed')}</th>
            <th scope="col">{trans.__('Key')}</th>
          </tr>
        </thead>
        <tbody>
          {journals.map(j => (
            <tr key={j.name}>
              <td class="gm-mono" title={j.name}>{j.name === 'ledger' ? trans.__('ledger-wide') : short(j.name)}</td>
              <td>{wrong.has(j.name) ? <span class="gm-chip gm-chip-bad">{trans.__('something is wrong')}</span> : stateOf(j)}</td>
              <td class="gm-num">{j.entries.toLocaleString('en')}</td>
              <td class="gm-num">{j.key ? j.signed.toLocaleString('en') : '–'}</td>
              <td class="gm-mono" title={j.key}>{j.key ? short(j.key) : trans.__('no signature')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
