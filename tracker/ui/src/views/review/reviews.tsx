import './review.css';
import { useEffect, useState } from 'preact/hooks';
import { useAnswer, useHost, type Place } from '../../host';
import type { LedgerChange } from '../../api/client';
import { Answered, Empty } from '../../parts/states';
import { one } from '../view';
import { SubjectList } from './list';
import { Thread } from './thread';
import { subjectsOf, waitingOf } from './waiting';

const reviewed = (changes: LedgerChange): boolean => changes.all === true || (changes.reviewed?.length ?? 0) > 0;
const ranTo = (changes: LedgerChange): boolean => changes.all === true || (changes.runs?.length ?? 0) > 0;

/** At the left what waits for review and what was said, at the right one subject. */
export function Reviews({ params }: { params: Place['params'] }) {
  const host = useHost();
  const told = one(params, 'subject');
  const [subject, set] = useState(told);
  useEffect(() => set(told), [told]);
  const open = (id: string | undefined): void => {
    set(id);
    host.restate(id === undefined ? {} : { subject: id });
  };
  const reviews = useAnswer('/api/reviews', { limit: 1000 }, reviewed);
  const runs = useAnswer('/api/runs', { limit: 200, columns: ['none'] }, ranTo);
  return (
    <div class="gm-view gm-review" data-open={subject !== undefined}>
      <header class="gm-head">
        <h1>Review</h1>
        <span class="gm-dim">Comments, approvals and rejections are signed entries: nothing takes them away</span>
      </header>
      <div class="gm-review-main">
        <Answered asked={reviews} what="what was said">
          {said => (
            <Answered asked={runs} what="runs">
              {page => {
                const subjects = subjectsOf(said.items ?? [], page.items ?? []);
                const waiting = waitingOf(page.items ?? [], subjects);
                return (
                  <>
                    <nav class="gm-review-list" aria-label="What can be reviewed">
                      <SubjectList title="Waits for review" none="Every run that ended is approved or rejected." subjects={waiting} chosen={subject} open={open} />
                      <SubjectList title="Said" none="Nothing was said yet." subjects={subjects} chosen={subject} open={open} />
                    </nav>
                    <section class="gm-review-subject" aria-label="What is reviewed">
                      {subject === undefined ? <NothingChosen none={waiting.length + subjects.length === 0} /> : <Thread key={subject} id={subject} close={() => open(undefined)} />}
                    </section>
                  </>
                );
              }}
            </Answered>
          )}
        </Answered>
      </div>
    </div>
  );
}

function NothingChosen({ none }: { none: boolean }) {
  return none ? (
    <Empty title="There is nothing to review yet">
      <p>Runs come here when they end. A cell execution, a session or a snapshot can be reviewed too, from where it is shown.</p>
    </Empty>
  ) : (
    <Empty title="Choose what to review">
      <p>What you write is recorded as a signed entry of the ledger, with your name and the time.</p>
    </Empty>
  );
}
