import { useId, useState } from 'preact/hooks';
import { Fault, type Schemas } from '../../api/client';
import { useAnswer, useHost } from '../../host';
import { Markdown } from '../../parts/output/markdown';
import { trans } from '../../trans';

type Verdict = 'commented' | 'approved' | 'rejected';

/** Writes a comment, an approval or a rejection. */
export function Write({ subject, written }: { subject: string; written(): void }) {
  const host = useHost();
  const id = useId();
  const ledger = useAnswer('/api/ledger', { fields: ['writable'] });
  const [comment, setComment] = useState('');
  const [preview, setPreview] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const say = (verdict: Verdict): void => {
    const body: Schemas['NewReview'] = { subject, verdict, ...(comment.trim() ? { comment } : {}) };
    setBusy(true);
    host.client
      .send('POST', '/api/reviews', body)
      .then(() => {
        setComment('');
        setPreview(false);
        setError(undefined);
        written();
      }, (failed: Error) => setError(failed))
      .finally(() => setBusy(false));
  };
  if (ledger.data?.writable === false) return <p class="gm-dim">{trans.__('This ledger is open for reading only: nothing can be said here.')}</p>;
  return (
    <form class="gm-card gm-write" aria-label={trans.__('Say something')} onSubmit={event => event.preventDefault()}>
      <div class="gm-write-head">
        <label for={id}>{trans.__('Your words, as Markdown')}</label>
        <button type="button" class="gm-link" aria-pressed={preview} onClick={() => setPreview(!preview)} disabled={!comment.trim()}>{preview ? trans.__('Write') : trans.__('Preview')}</button>
      </div>
      {preview ? <div class="gm-write-preview"><Markdown text={comment} /></div> : (
        <textarea id={id} class="gm-input gm-write-text" dir="auto" rows={4} value={comment} onInput={event => setComment(event.currentTarget.value)}
          onKeyDown={event => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && comment.trim() && !busy && say('commented')} />
      )}
      {error && <p class="gm-write-error" role="alert">{error.message}{error instanceof Fault && error.hint && `. ${error.hint}`}</p>}
      <div class="gm-write-do">
        <span class="gm-dim">{trans.__('A signed entry, with your name and the time: nothing takes it away.')}</span>
        <span class="gm-space" />
        <button type="button" class="gm-button" disabled={busy || !comment.trim()} onClick={() => say('commented')}>{trans.__('Comment')}</button>
        <button type="button" class="gm-button gm-reject" disabled={busy} onClick={() => say('rejected')}>{trans.__('Reject')}</button>
        <button type="button" class="gm-button gm-primary" disabled={busy} onClick={() => say('approved')}>{trans.__('Approve')}</button>
      </div>
    </form>
  );
}
