import { useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { short } from '../../parts/format';
import { Answered, Empty } from '../../parts/states';

type Change = Schemas['account.FactChange'];

/** What differs between two environments, what matters most first. */
export function Difference({ id, beside, swap }: { id: string; beside: string; swap(): void }) {
  const asked = useAnswer('/api/environments/{id}/diff', { id, with: beside });
  const [text, setText] = useState('');
  return (
    <Answered asked={asked} what="what differs">
      {diff => {
        const all = diff.differences ?? [];
        if (all.length === 0) {
          return (
            <Empty title="Nothing differs">
              <p>Both ran with the same packages and settings{diff.a === diff.b && ': it is the same session'}.</p>
            </Empty>
          );
        }
        const shown = all.filter(c => `${c.name} ${c.was ?? ''} ${c.is ?? ''}`.toLowerCase().includes(text.toLowerCase()));
        return (
          <>
            <div class="gm-env-tools">
              <input class="gm-input" type="search" placeholder="Find what differs" aria-label="Find what differs" value={text} onInput={event => setText(event.currentTarget.value)} />
              <span class="gm-dim" role="status">{text ? `${shown.length} of ${all.length}` : all.length === 1 ? '1 difference' : `${all.length} differences`}, what matters most first</span>
              <span class="gm-space" />
              <button class="gm-button" onClick={swap}>Swap sides</button>
            </div>
            <Changes a={diff.a} b={diff.b} changes={shown} />
          </>
        );
      }}
    </Answered>
  );
}

function Changes({ a, b, changes }: { a: string; b: string; changes: Change[] }) {
  return (
    <div class="gm-env-diff">
      <table class="gm-table">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Change</th>
            <th scope="col">In {short(a)}</th>
            <th scope="col">In {short(b)}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(c => (
            <tr key={c.name}>
              <th scope="row" class="gm-mono">{c.name}</th>
              <td>{kind(c)}</td>
              <td class="gm-mono gm-env-was">{c.was ?? <span class="gm-dim">not there</span>}</td>
              <td class="gm-mono gm-env-is">{c.is ?? <span class="gm-dim">not there</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function kind(c: Change) {
  if (c.was === undefined) return <span class="gm-chip gm-chip-good">only in the second</span>;
  if (c.is === undefined) return <span class="gm-chip gm-chip-bad">only in the first</span>;
  return <span class="gm-chip gm-chip-warn">differs</span>;
}
