import { useState } from 'preact/hooks';
import { ago, exact, short } from '../../parts/format';
import { Verdict } from './verdict';
import type { Subject } from './waiting';

interface Props {
  title: string;
  none: string;
  subjects: Subject[];
  chosen: string | undefined;
  open(id: string): void;
}

const first = 30;

export function SubjectList({ title, none, subjects, chosen, open }: Props) {
  const [all, setAll] = useState(false);
  return (
    <section aria-label={title}>
      <h2>
        {title} <span class="gm-dim">{subjects.length || ''}</span>
      </h2>
      {subjects.length === 0 && <p class="gm-dim">{none}</p>}
      <ul>
        {(all ? subjects : subjects.slice(0, first)).map(s => (
          <li key={s.id}>
            <button class="gm-review-item" aria-current={chosen !== undefined && s.id.startsWith(chosen)} onClick={() => open(s.id)}>
              <span class="gm-cut" dir="auto">{s.name || short(s.id)}</span>
              {s.verdict && <Verdict verdict={s.verdict} />}
              <span class="gm-dim gm-review-when" title={exact(s.time)}>
                {s.comments > 0 && `${s.comments} ${s.comments === 1 ? 'comment' : 'comments'} · `}
                {ago(s.time)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {!all && subjects.length > first && <button class="gm-button" onClick={() => setAll(true)}>Show all {subjects.length}</button>}
    </section>
  );
}
