import { useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { short } from '../../parts/format';

type Problem = Schemas['VerifyProblem'];

const first = 100;

/** What is wrong, with the entry where it is. */
export function Problems({ problems }: { problems: Problem[] }) {
  const [all, setAll] = useState(false);
  if (problems.length === 0) return null;
  const shown = all ? problems : problems.slice(0, first);
  return (
    <section class="gm-card gm-problems" aria-labelledby="gm-problems">
      <h2 id="gm-problems">What is wrong</h2>
      <table class="gm-table">
        <thead>
          <tr>
            <th scope="col">Fault</th>
            <th scope="col">Where</th>
            <th scope="col">Entry</th>
            <th scope="col">What was found</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((p, i) => (
            <tr key={i}>
              <td><span class="gm-chip gm-chip-bad">{p.fault}</span></td>
              <td class="gm-mono" title={p.file}>{p.journal === 'ledger' ? 'ledger-wide journal' : p.journal ? `journal ${short(p.journal)}` : p.file}</td>
              <td class="gm-mono">{p.entry ? `entry ${p.entry}` : '–'}</td>
              <td class="gm-problem-text">{p.detail ?? p.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {problems.length > shown.length && (
        <button class="gm-button" onClick={() => setAll(true)}>Show all {problems.length.toLocaleString('en')}</button>
      )}
      <p class="gm-dim">What is recorded in other journals and entries is not touched by this. Keep a copy of the folder as it is before you change anything.</p>
    </section>
  );
}
