import { ago, exact, short } from '../../parts/format';
import { Markdown } from '../../parts/output/markdown';
import { placed, trans } from '../../trans';
import { Verdict } from './verdict';
import type { Review } from './waiting';

/** One thing that was said: by whom, when, and which key signs it. */
export function Said({ review: r }: { review: Review }) {
  return (
    <li class="gm-card gm-said-one">
      <header>
        <strong dir="auto">{r.by || trans.__('somebody')}</strong>
        <Verdict verdict={r.verdict} />
        <span class="gm-space" />
        <time class="gm-dim" dateTime={r.time} title={exact(r.time)}>{ago(r.time)}</time>
      </header>
      {r.comment === null ? <p class="gm-dim">{trans.__('The words are not in this ledger: they were removed, or lie elsewhere.')}</p> : r.comment && <Markdown text={r.comment} />}
      <footer class="gm-dim">{signature(r)}</footer>
    </li>
  );
}

function signature(r: Review) {
  const where = <span title={r.journal}>{trans.__('entry %1 of journal %2', r.entry, short(r.journal))}</span>;
  if (!r.signed_by) return placed(trans.__('Not signed: %1, %2', '%1', '%2'), r.unsigned ?? trans.__('its journal has no key'), where);
  const text = r.own_key ? trans.__('Signed by key %1 (your key), %2', '%1', '%2') : trans.__('Signed by key %1, %2', '%1', '%2');
  return placed(text, <span class="gm-mono" title={r.signed_by}>{short(r.signed_by)}</span>, where);
}
