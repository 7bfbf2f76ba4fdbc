// Choosing fields of runs.
import { N_, trans } from '../../../trans';
import type { Column } from '../runs';

/** A field that can be drawn. Its name is short, for addresses (params.lr); `asked` is how the server wants it. */
export interface Drawable extends Column {
  asked: string;
}

export function drawable(columns: Column[]): Drawable[] {
  const attributes = new Set(['status', 'experiment', 'duration', 'user_id']);
  return columns
    .filter(c => c.space === 'params' || c.space === 'metrics' || c.space === 'tags' || attributes.has(c.name))
    .map(c => ({ ...c, asked: c.name, name: c.space === 'attributes' ? c.name : `${c.space}.${c.key}` }));
}

const spaces = { metrics: N_('metrics'), params: N_('params'), tags: N_('tags'), attributes: N_('attributes') };

/** One field of all that there are. */
export function FieldSelect({ label, value, columns, change, none }: { label: string; value: string; columns: Column[]; change(name: string): void; none?: string }) {
  return (
    <label class="gm-charts-field">
      {label}
      <select class="gm-select gm-charts-select" value={value} onChange={e => change(e.currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {(['metrics', 'params', 'tags', 'attributes'] as const).map(space => {
          const some = columns.filter(c => c.space === space && !c.own).slice(0, 1000);
          return some.length === 0 ? null : (
            <optgroup key={space} label={trans.__(spaces[space])}>
              {some.map(c => <option key={c.name} value={c.name}>{c.key}</option>)}
            </optgroup>
          );
        })}
      </select>
    </label>
  );
}

/** Any number of fields. */
export function FieldChecks({ chosen, columns, change }: { chosen: string[]; columns: Column[]; change(names: string[]): void }) {
  return (
    <details class="gm-charts-menu">
      <summary class="gm-button">{trans._n('%1 axis', '%1 axes', chosen.length)}</summary>
      <div class="gm-card">
        {columns.filter(c => !c.own).slice(0, 500).map(c => (
          <label key={c.name}>
            <input type="checkbox" checked={chosen.includes(c.name)} onChange={() => change(chosen.includes(c.name) ? chosen.filter(n => n !== c.name) : [...chosen, c.name])} />
            <span class="gm-cut" dir="auto">{c.name}</span>
          </label>
        ))}
      </div>
    </details>
  );
}
