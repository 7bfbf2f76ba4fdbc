import { useState } from 'preact/hooks';
import { useAnswer, useHost } from '../../host';
import type { Schemas } from '../../api/client';
import { ago } from '../../parts/format';
import { Answered } from '../../parts/states';
import { trans } from '../../trans';

type View = Schemas['View'];

/** Saved searches: filter, order and columns under a name, for all who read this ledger. */
export function Saved({ query, onView }: { query: Schemas['RunQuery']; onView(view: View): void }) {
  const { client } = useHost();
  const asked = useAnswer('/api/views', {}, changes => changes.all === true || changes.kinds.includes('view')); // other pages save views, too
  const [name, setName] = useState('');
  const [failed, setFailed] = useState('');
  const change = async (method: 'PUT' | 'DELETE', of: string, body?: Schemas['RunQuery']): Promise<void> => {
    try {
      await client.send(method, `/api/views/${encodeURIComponent(of)}`, body);
      setFailed('');
      setName('');
      asked.again();
    } catch (error) {
      setFailed((error as Error).message);
      asked.again();
    }
  };
  const there = asked.data?.items?.find(v => v.name === name);
  return (
    <div class="gm-columns">
      <form class="gm-saved-new" onSubmit={event => (event.preventDefault(), void change('PUT', name, query))}>
        <input class="gm-input" aria-label={trans.__('Name of the view')} placeholder={trans.__('Save this view as…')} value={name} onInput={event => setName(event.currentTarget.value)} />
        <button class="gm-button gm-primary" disabled={name.trim() === ''}>{there ? trans.__('Replace') : trans.__('Save')}</button>
      </form>
      {there && <p class="gm-dim gm-menu-note" role="status">{trans.__('There is a view of this name, saved %1: %2', ago(there.saved), there.filter || trans.__('all runs'))}</p>}
      {failed && <p class="gm-filter-why" role="alert">{failed}</p>}
      <Answered asked={asked} what={trans.__('saved views')}>
        {page =>
          page.items?.length ? (
            <ul class="gm-menu-scroll">
              {page.items.map(v => (
                <li key={v.name} class="gm-columns-item">
                  <button class="gm-menu-item" onClick={() => onView(v)}>
                    <span class="gm-cut" dir="auto">{v.name}</span>
                    <span class="gm-dim gm-cut gm-mono">{v.filter || trans.__('all runs')}</span>
                  </button>
                  <button class="gm-menu-remove" aria-label={trans.__('Delete the view %1', v.name)} onClick={() => void change('DELETE', v.name)}>×</button>
                </li>
              ))}
            </ul>
          ) : (
            <p class="gm-dim gm-menu-note">{trans.__('No view is saved. One keeps the filter, the order and the columns.')}</p>
          )
        }
      </Answered>
    </div>
  );
}
