import { Fault, type Schemas } from '../../api/client';
import { useAnswer, type Asked } from '../../host';
import { Answered, Failed } from '../../parts/states';
import { placed, trans } from '../../trans';
import { About } from './about';
import { Said } from './said';
import { Write } from './write';

type Match = Schemas['Match'];

/** One subject: what it is, what was said of it, and a place to say more. */
export function Thread({ id, close }: { id: string; close(): void }) {
  const found = useAnswer('/api/find', { text: id });
  const reviews = useAnswer('/api/reviews', { subject: id, limit: 1000 }, changes => changes.all === true || (changes.reviewed ?? []).some(s => s === found.data?.id));
  const failed = found.error !== undefined && found.data === undefined;
  const unknown = failed && found.error instanceof Fault && found.error.status === 404;
  return (
    <div class="gm-thread">
      <button class="gm-button gm-thread-back" onClick={close}>← {trans.__('All reviews')}</button>
      {unknown && reviews.data?.items?.length ? <Gone id={id} /> : <What found={found} />}
      {!(failed && !reviews.data) && (
        <Answered asked={reviews} what={trans.__('what was said')}>
          {page => <Words items={page.items ?? []} subject={found.data?.id} written={reviews.again} />}
        </Answered>
      )}
    </div>
  );
}

function Gone({ id }: { id: string }) {
  return <p class="gm-dim">{placed(trans.__('What this is of is not in this ledger: %1', '%1'), <span class="gm-mono">{id}</span>)}</p>;
}

function What({ found }: { found: Asked<Match> }) {
  if (found.error && !found.data) return <Failed error={found.error} again={found.again} />;
  return <Answered asked={found} what={trans.__('what it is')}>{match => <About match={match} />}</Answered>;
}

function Words({ items, subject, written }: { items: Schemas['Review'][]; subject: string | undefined; written(): void }) {
  return (
    <>
      {items.length === 0 ? subject && <p class="gm-dim">{trans.__('Nobody said anything of it yet.')}</p> : (
        <ol class="gm-said" aria-label={trans.__('What was said')}>
          {items.map(r => <Said key={`${r.journal} ${r.entry}`} review={r} />)}
        </ol>
      )}
      {subject && <Write subject={subject} written={written} />}
    </>
  );
}
