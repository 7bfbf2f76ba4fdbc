import { useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { short } from '../../parts/format';
import { trans } from '../../trans';

type Problem = Schemas['VerifyProblem'];

const first = 100;

/** What is wrong, with the entry where it is. */
export function Problems({ problems }: { problems: Problem[] }) {
  const [all, setAll] = useState(false);
  if (problems.length === 0) return null;
  const shown = all ? problems : problems.slice(0, first);
  return (
    <section class="gm-card gm-problems" aria-labelledby="gm-problems">
      <h2 id="gm-problems">{trans.__('What is wrong')}</h2>
      <table class="gm-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Fault')}</th>
            <th scope="col">{trans.__('Where')}</th>
            <th scope="col">{trans.__('Entry')}</th>
            <th scope="col">{trans.__('What was found')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((p, i) => (
            <tr key={i}>
              <td><span class="gm-chip gm-chip-bad">{p.fault}</span></td>
              <td class="gm-mono" title={p.file}>{p.journal === 'ledger' ? trans.__('ledger-wide journal') : p.journal ? trans.__('journal %1', short(p.journal)) : p.file}</td>
              <td class="gm-mono">{p.entry ? trans.__('entry %1', p.entry) : '–'}</td>
              <td class="gm-problem-text">{p.detail ?? p.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {problems.length > shown.length && (
        <button class="gm-button" onClick={() => setAll(true)}>{trans.__('Show all %1', problems.length.toLocaleString('en'))}</button>
      )}
      <p class="gm-dim">{trans.__('What is recorded in other journals and entries is not touched by this. Keep a copy of the folder as it is before you change anything.')}</p>
    </section>
  );
}
