import { useAnswer } from '../../host';
import { Answered } from '../../parts/states';
import { About } from './about';
import { Said } from './said';
import { Write } from './write';

/** One subject: what it is, what was said of it, and a place to say more. */
export function Thread({ id, close }: { id: string; close(): void }) {
  const found = useAnswer('/api/find', { text: id });
  const reviews = useAnswer('/api/reviews', { subject: id, limit: 1000 }, changes => changes.all === true || (changes.reviewed ?? []).some(s => s === found.data?.id));
  return (
    <div class="gm-thread">
      <button class="gm-button gm-thread-back" onClick={close}>← All reviews</button>
      <Answered asked={found} what="what it is">{match => <About match={match} />}</Answered>
      <Answered asked={reviews} what="what was said">
        {page => {
          const items = page.items ?? [];
          return (
            <>
              {items.length === 0 ? <p class="gm-dim">Nobody said anything of it yet.</p> : (
                <ol class="gm-said" aria-label="What was said">
                  {items.map(r => <Said key={`${r.journal} ${r.entry}`} review={r} />)}
                </ol>
              )}
              <Write subject={found.data?.id ?? id} written={reviews.again} />
            </>
          );
        }}
      </Answered>
    </div>
  );
}
