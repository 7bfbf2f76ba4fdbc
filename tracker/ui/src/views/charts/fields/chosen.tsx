// The runs that are chosen in a chart, as a table: for readers who do not see it, and to go on with.
import { number } from '../../../parts/format';
import { Link } from '../../../parts/link';
import { trans } from '../../../trans';
import type { Row } from '../runs';
import { valueText } from './text';
import type { Field } from './table';

const most = 100;

export function ChosenRuns({ rows, chosen, fields, title }: { rows: Row[]; chosen: number[]; fields: Field[]; title: string }) {
  const ids = chosen.slice(0, most).map(i => rows[i]!.id);
  return (
    <section class="gm-charts-chosen" aria-label={title}>
      <header>
        <strong>{title}</strong>
        {ids.length > 0 && chosen.length < rows.length && <Link class="gm-button gm-charts-go" to={{ view: 'charts', params: { run: ids } }}>{ids.length < chosen.length ? trans.__('Curves of the first %1', ids.length) : trans.__('Curves of these')}</Link>}
        {ids.length > 1 && chosen.length < rows.length && <Link class="gm-button gm-charts-go" to={{ view: 'compare', params: { run: ids } }}>{trans.__('Compare')}</Link>}
      </header>
      <div class="gm-charts-scroll" tabIndex={0} role="region" aria-label={trans.__('%1, as a table', title)}>
        <table class="gm-table">
          <thead><tr><th scope="col">{trans.__('Run')}</th>{fields.map(f => <th key={f.name} scope="col" class={f.categories ? '' : 'gm-num'} title={f.name}>{f.label}</th>)}</tr></thead>
          <tbody>
            {chosen.slice(0, most).map(i => (
              <tr key={rows[i]!.id}>
                <th scope="row" dir="auto"><Link to={{ view: 'runs', params: { run: rows[i]!.id } }}>{rows[i]!.name}</Link></th>
                {fields.map(f => <td key={f.name} class={f.categories ? '' : 'gm-num'}>{valueText(f, f.values[i]!)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen.length > most && <p class="gm-dim">{trans.__('The first %1 of %2.', most, number(chosen.length))}</p>}
    </section>
  );
}
