import { ago, exact, short } from '../../parts/format';
import { Markdown } from '../../parts/output/markdown';
import { Verdict } from './verdict';
import type { Review } from './waiting';

/** One thing that was said: by whom, when, and which key signs it. */
export function Said({ review: r }: { review: Review }) {
  return (
    <li class="gm-card gm-said-one">
      <header>
        <strong dir="auto">{r.by || 'somebody'}</strong>
        <Verdict verdict={r.verdict} />
        <span class="gm-space" />
        <time class="gm-dim" dateTime={r.time} title={exact(r.time)}>{ago(r.time)}</time>
      </header>
      {r.comment === null ? <p class="gm-dim">The words are not in this ledger: they were removed, or lie elsewhere.</p> : r.comment && <Markdown text={r.comment} />}
      <footer class="gm-dim">{signature(r)}</footer>
    </li>
  );
}

function signature(r: Review) {
  const where = <span title={r.journal}>entry {r.entry} of journal {short(r.journal)}</span>;
  if (r.signed_by) return <>Signed by key <span class="gm-mono" title={r.signed_by}>{short(r.signed_by)}</span>{r.own_key && ' (your key)'}, {where}</>;
  return <>Not signed: {r.unsigned ?? 'its journal has no key'}, {where}</>;
}
