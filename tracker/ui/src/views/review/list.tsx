import { useEffect, useState } from 'preact/hooks';
import { useAnswer } from '../../host';
import type { LedgerChange } from '../../api/client';
import { ago, exact, short } from '../../parts/format';
import { Answered } from '../../parts/states';
import { N_, trans, wordFor } from '../../trans';
import { Verdict } from './verdict';
import { atFirst, moreThan, type Subject } from './waiting';

interface Props {
  title: string;
  /** What is read while there is no answer. */
  what: string;
  path: '/api/reviews/waiting' | '/api/reviews/subjects';
  /** What stands there when there are none. */
  none: string;
  text: string;
  chosen: string | undefined;
  open(id: string): void;
  changed(changes: LedgerChange): boolean;
}

/** A list of what can be reviewed, the newest first, as far as the reader asked for it. */
export function SubjectList({ title, what, path, none, text, chosen, open, changed }: Props) {
  const [far, go] = useState({ text, shown: atFirst });
  useEffect(() => go(old => (old.text === text ? old : { text, shown: atFirst })), [text]);
  const shown = far.text === text ? far.shown : atFirst; // at once, or as many would be asked for as were shown of what was looked for before
  const asked = useAnswer(path, { limit: shown, text }, changed);
  return (
    <section aria-label={title}>
      <h2>{title} <span class="gm-dim">{counted(asked.data)}</span></h2>
      <Answered asked={asked} what={what}>
        {({ items, next }) => (
          <>
            {!items?.length && <p class="gm-dim">{text ? trans.__('Nothing here is called so.') : none}</p>}
            <ul>{items?.map(s => <li key={s.id}><Item subject={s} chosen={chosen !== undefined && s.id.startsWith(chosen)} open={open} /></li>)}</ul>
            {next !== undefined && <More shown={shown} show={count => go({ text, shown: count })} />}
          </>
        )}
      </Answered>
    </section>
  );
}

/** How many there are, as far as that is known. */
function counted(page: { items: Subject[] | null; next?: string; total?: number } | undefined): string {
  if (page === undefined) return '';
  const n = page.total ?? page.items?.length ?? 0;
  return n === 0 ? '' : n.toLocaleString('en') + (page.total === undefined && page.next !== undefined ? '+' : '');
}

function More({ shown, show }: { shown: number; show(count: number): void }) {
  const more = moreThan(shown);
  if (more === undefined) return <p class="gm-dim">{trans.__('These are the newest %1: search for others.', shown.toLocaleString('en'))}</p>;
  return <button class="gm-button" onClick={() => show(more)}>{trans.__('Show more')}</button>;
}

const words: Record<string, string> = { cell: N_('cell'), session: N_('session'), snapshot: N_('snapshot') };

function Item({ subject: s, chosen, open }: { subject: Subject; chosen: boolean; open(id: string): void }) {
  return (
    <button class="gm-review-item" aria-current={chosen} onClick={() => open(s.id)}>
      <span class="gm-cut" dir="auto">{s.name || '–'}</span>
      {s.verdict && <Verdict verdict={s.verdict} />}
      <span class="gm-dim gm-review-when" title={exact(s.time)}>
        {s.kind && s.kind !== 'run' && `${wordFor(words, s.kind)} `}
        <span class="gm-mono">{short(s.id)}</span>
        {' · '}
        {s.comments > 0 && `${trans._n('%1 comment', '%1 comments', s.comments)} · `}
        {ago(s.time)}
      </span>
    </button>
  );
}
