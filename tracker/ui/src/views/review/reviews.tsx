import './review.css';
import { useEffect, useState } from 'preact/hooks';
import { useAnswer, useHost, type Place } from '../../host';
import type { LedgerChange } from '../../api/client';
import { Empty } from '../../parts/states';
import { useTyped } from '../../parts/typed';
import { one } from '../view';
import { SubjectList } from './list';
import { Thread } from './thread';

const reviewed = (changes: LedgerChange): boolean => changes.all === true || (changes.reviewed?.length ?? 0) > 0;
const ranTo = (changes: LedgerChange): boolean => reviewed(changes) || (changes.runs?.length ?? 0) > 0;

/** At the left what waits for review and what was said, at the right one subject. */
export function Reviews({ params }: { params: Place['params'] }) {
  const host = useHost();
  const told = one(params, 'subject');
  const [subject, set] = useState(told);
  const [text, type] = useState('');
  const [find, search] = useState('');
  useTyped(text, typed => search(typed.trim()));
  useEffect(() => set(told), [told]);
  const open = (id: string | undefined): void => {
    set(id);
    host.restate(id === undefined ? {} : { subject: id });
  };
  const list = { text: find, chosen: subject, open };
  return (
    <div class="gm-view gm-review" data-open={subject !== undefined}>
      <header class="gm-head">
        <h1>Review</h1>
        <span class="gm-dim">Comments, approvals and rejections are signed entries: nothing takes them away</span>
      </header>
      <div class="gm-review-main">
        <nav class="gm-review-list" aria-label="What can be reviewed">
          <input class="gm-input" type="search" dir="auto" placeholder="Search by name or id" aria-label="Search by name or id" value={text} onInput={event => type(event.currentTarget.value)} />
          <SubjectList title="Waits for review" path="/api/reviews/waiting" none="Every run that ended is approved or rejected." changed={ranTo} {...list} />
          <SubjectList title="Said" path="/api/reviews/subjects" none="Nothing was said yet." changed={reviewed} {...list} />
        </nav>
        <section class="gm-review-subject" aria-label="What is reviewed">
          {subject === undefined ? <Unchosen /> : <Thread key={subject} id={subject} close={() => open(undefined)} />}
        </section>
      </div>
    </div>
  );
}

/** What stands in the place of a subject before one is chosen. */
function Unchosen() {
  const waiting = useAnswer('/api/reviews/waiting', { limit: 1 }, ranTo);
  const said = useAnswer('/api/reviews/subjects', { limit: 1 }, reviewed);
  if (!waiting.data || !said.data) return null;
  return <NothingChosen none={!waiting.data.items?.length && !said.data.items?.length} />;
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
