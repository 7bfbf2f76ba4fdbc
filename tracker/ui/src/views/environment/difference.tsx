import { useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { short } from '../../parts/format';
import { Answered, Empty } from '../../parts/states';
import { trans } from '../../trans';

type Change = Schemas['account.FactChange'];

/** What differs between two environments, what matters most first. */
export function Difference({ id, beside, swap }: { id: string; beside: string; swap(): void }) {
  const asked = useAnswer('/api/environments/{id}/diff', { id, with: beside });
  const [text, setText] = useState('');
  return (
    <Answered asked={asked} what={trans.__('what differs')}>
      {diff => {
        const all = diff.differences ?? [];
        if (all.length === 0) {
          return (
            <Empty title={trans.__('Nothing differs')}>
              <p>{diff.a === diff.b ? trans.__('Both ran with the same packages and settings: it is the same session.') : trans.__('Both ran with the same packages and settings.')}</p>
            </Empty>
          );
        }
        const shown = all.filter(c => `${c.name} ${c.was ?? ''} ${c.is ?? ''}`.toLowerCase().includes(text.toLowerCase()));
        return (
          <>
            <div class="gm-env-tools">
              <input class="gm-input" type="search" placeholder={trans.__('Find what differs')} aria-label={trans.__('Find what differs')} value={text} onInput={event => setText(event.currentTarget.value)} />
              <span class="gm-dim" role="status">
                {text
                  ? trans.__('%1 of %2, what matters most first', shown.length, all.length)
                  : trans._n('1 difference, what matters most first', '%1 differences, what matters most first', all.length)}
              </span>
              <span class="gm-space" />
              <button class="gm-button" onClick={swap}>{trans.__('Swap sides')}</button>
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
            <th scope="col">{trans.__('What')}</th>
            <th scope="col">{trans.__('Change')}</th>
            <th scope="col">{trans.__('In %1', short(a))}</th>
            <th scope="col">{trans.__('In %1', short(b))}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(c => (
            <tr key={c.name}>
              <th scope="row" class="gm-mono">{c.name}</th>
              <td>{kind(c)}</td>
              <td class="gm-mono gm-env-was">{c.was ?? <span class="gm-dim">{trans.__('not there')}</span>}</td>
              <td class="gm-mono gm-env-is">{c.is ?? <span class="gm-dim">{trans.__('not there')}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function kind(c: Change) {
  if (c.was === undefined) return <span class="gm-chip gm-chip-good">{trans.__('only in the second')}</span>;
  if (c.is === undefined) return <span class="gm-chip gm-chip-bad">{trans.__('only in the first')}</span>;
  return <span class="gm-chip gm-chip-warn">{trans.__('differs')}</span>;
}
