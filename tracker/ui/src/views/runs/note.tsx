import { useState } from 'preact/hooks';
import { useHost } from '../../host';
import { Markdown } from '../../parts/output/markdown';
import { trans } from '../../trans';

/** What is written about a run, as Markdown; it can be changed where the ledger can. */
export function Note({ run, note, written }: { run: string; note: string; written(): void }) {
  const { client } = useHost();
  const [text, setText] = useState<string>();
  const [state, setState] = useState<{ saving: boolean; failed?: string }>({ saving: false });
  const save = async (): Promise<void> => {
    setState({ saving: true });
    try {
      await client.send('PUT', `/api/runs/${encodeURIComponent(run)}/note`, { note: text ?? '' });
      setState({ saving: false });
      setText(undefined);
      written();
    } catch (error) {
      setState({ saving: false, failed: (error as Error).message });
    }
  };
  if (text === undefined) {
    return (
      <section class="gm-run-section" aria-label={trans.__('Note')}>
        <h3>{trans.__('Note')} <button class="gm-link" onClick={() => setText(note)}>{note ? trans.__('Edit') : trans.__('Write one')}</button></h3>
        {note && <Markdown text={note} />}
      </section>
    );
  }
  return (
    <section class="gm-run-section" aria-label={trans.__('Note')}>
      <h3>{trans.__('Note')}</h3>
      <form onSubmit={event => (event.preventDefault(), void save())}
        onKeyDown={event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save(); }}>
        <textarea class="gm-run-write" aria-label={trans.__('Note, as Markdown')} rows={10} dir="auto" value={text} onInput={event => setText(event.currentTarget.value)} ref={e => e?.focus()} />
        {state.failed && <p class="gm-filter-why" role="alert">{state.failed}</p>}
        <p class="gm-run-buttons">
          <button class="gm-button gm-primary" disabled={state.saving}>{trans.__('Save')}</button>
          <button class="gm-button" type="button" onClick={() => setText(undefined)}>{trans.__('Cancel')}</button>
          <span class="gm-dim">{trans.__('Markdown. The ledger keeps what was written before.')}</span>
        </p>
      </form>
    </section>
  );
}
