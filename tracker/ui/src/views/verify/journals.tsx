import type { Schemas } from '../../api/client';
import { short } from '../../parts/format';

type Journal = Schemas['journal.JournalReport'];

const states: Record<string, string> = { live: 'being written', cut: 'cut short when its writer died', closed: 'closed' };

/** Each journal: how many entries, and how many of them are signed. */
export function Journals({ journals, problems }: { journals: Journal[]; problems: Schemas['VerifyProblem'][] }) {
  const wrong = new Set(problems.map(p => p.journal));
  return (
    <details class="gm-card gm-words">
      <summary>
        <h2>Journals</h2> <span class="gm-dim">{journals.length.toLocaleString('en')}</span>
      </summary>
      <table class="gm-table">
        <thead>
          <tr>
            <th scope="col">Journal</th>
            <th scope="col">State</th>
            <th scope="col" class="gm-num">Entries</th>
            <th scope="col" class="gm-num">Signed</th>
            <th scope="col">Key</th>
          </tr>
        </thead>
        <tbody>
          {journals.map(j => (
            <tr key={j.name}>
              <td class="gm-mono" title={j.name}>{j.name === 'ledger' ? 'ledger-wide' : short(j.name)}</td>
              <td>{wrong.has(j.name) ? <span class="gm-chip gm-chip-bad">something is wrong</span> : (states[j.state ?? ''] ?? '')}</td>
              <td class="gm-num">{j.entries.toLocaleString('en')}</td>
              <td class="gm-num">{j.key ? j.signed.toLocaleString('en') : '–'}</td>
              <td class="gm-mono" title={j.key}>{j.key ? short(j.key) : 'no signature'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
