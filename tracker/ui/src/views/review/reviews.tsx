import './review.css';
import { useEffect, useState } from 'preact/hooks';
import { useAnswer, useHost, type Place } from '../../host';
import type { LedgerChange } from '../../api/client';
import { Empty } from '../../parts/states';
import { useTyped } from '../../parts/typed';
import { trans } from '../../trans';
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
        <h1>{trans.__('Review')}</h1>
        <span class="gm-dim">{trans.__('Comments, approvals and rejections are signed entries: nothing takes them away')}</span>
      </header>
      <div class="gm-review-main">
        <nav class="gm-review-list" aria-label={trans.__('What can be reviewed')}>
          <input class="gm-input" type="search" dir="auto" placeholder={trans.__('Search by name or id')} aria-label={trans.__('Search by name or id')} value={text}
            onInput={event => type(event.currentTarget.value)} />
          <SubjectList title={trans.__('Waits for review')} what={trans.__('waits for review')} path="/api/reviews/waiting"
            none={trans.__('Every run that ended is approved or rejected.')} changed={ranTo} {...list} />
          <SubjectList title={trans.__('Said')} what={trans.__('said')} path="/api/reviews/subjects" none={trans.__('Nothing was said yet.')} changed={reviewed} {...list} />
        </nav>
        <section class="gm-review-subject" aria-label={trans.__('What is reviewed')}>
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
    <Empty title={trans.__('There is nothing to review yet')}>
      <p>{trans.__('Runs come here when they end. A cell execution, a session or a snapshot can be reviewed too, from where it is shown.')}</p>
    </Empty>
  ) : (
    <Empty title={trans.__('Choose what to review')}>
      <p>{trans.__('What you write is recorded as a signed entry of the ledger, with your name and the time.')}</p>
    </Empty>
  );
}
