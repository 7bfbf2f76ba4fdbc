import { useId, useState } from 'preact/hooks';
import { useHost } from '../../host';
import { Markdown } from '../../parts/output/markdown';
import { trans } from '../../trans';

/** The note of a run: shown as Markdown, and written here. */
export function Note({ run, note, written }: { run: string; note: string; written(): void }) {
  const host = useHost();
  const id = useId();
  const [draft, setDraft] = useState<string>();
  const [error, setError] = useState<Error>();
  const save = (): void => {
    host.client.send('PUT', `/api/runs/${encodeURIComponent(run)}/note`, { note: draft ?? '' }).then(() => {
      setDraft(undefined);
      setError(undefined);
      written();
    }, (failed: Error) => setError(failed));
  };
  return (
    <section class="gm-card gm-note" aria-label={trans.__('Note')}>
      <div class="gm-write-head">
        <label for={draft === undefined ? undefined : id}>{trans.__('Note')}</label>
        {draft === undefined && <button class="gm-link" onClick={() => setDraft(note)}>{note ? trans.__('Edit the note') : trans.__('Write a note')}</button>}
      </div>
      {draft === undefined ? (
        note && <Markdown text={note} />
      ) : (
        <>
          <textarea id={id} class="gm-input gm-write-text" dir="auto" rows={8} value={draft} onInput={event => setDraft(event.currentTarget.value)} />
          {error && <p class="gm-write-error" role="alert">{error.message}</p>}
          <div class="gm-write-do">
            <span class="gm-dim">{trans.__('The notes before stay in the record.')}</span>
            <span class="gm-space" />
            <button class="gm-button" onClick={() => setDraft(undefined)}>{trans.__('Cancel')}</button>
            <button class="gm-button gm-primary" onClick={save}>{trans.__('Save the note')}</button>
          </div>
        </>
      )}
    </section>
  );
}
