import { useAnswer } from '../../host';
import { number } from '../../parts/format';
import { Link } from '../../parts/link';
import { Failed } from '../../parts/states';
import { trans } from '../../trans';

/** So many metrics of a run are listed. */
const few = 8;

/** The runs that a cell execution logged to, with their metrics as they are now. */
export function Runs({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <section class="gm-tl-section" aria-label={trans.__('Runs')}>
      <h3>{trans.__('Logged to')}</h3>
      {ids.slice(0, few).map(id => <Run key={id} id={id} />)}
      {ids.length > few && <p class="gm-dim">{trans._n('and %1 more run', 'and %1 more runs', ids.length - few)}</p>}
    </section>
  );
}

function Run({ id }: { id: string }) {
  const { data, error } = useAnswer('/api/runs/{id}', { id, fields: ['name', 'status', 'metrics', 'params'] }, changes => changes.all === true || changes.runs?.includes(id) === true);
  if (error) return <Failed error={error} />;
  if (data === undefined) return <p class="gm-dim">{trans.__('Reading the run…')}</p>;
  const metrics = Object.entries(data.metrics ?? {});
  const params = Object.entries(data.params ?? {});
  return (
    <p class="gm-tl-run">
      <Link to={{ view: 'runs', params: { run: id } }}><bdi>{data.name}</bdi></Link> <span class="gm-chip">{data.status}</span>
      {metrics.slice(0, few).map(([key, value]) => <Value key={key} name={key}>{number(Number(value))}</Value>)}
      {params.slice(0, few).map(([key, value]) => <Value key={key} name={key}>{value}</Value>)}
      {metrics.length + params.length > 2 * few && <span class="gm-dim">…</span>}
    </p>
  );
}

function Value({ name, children }: { name: string; children: string }) {
  return (
    <span class="gm-tl-value">
      <bdi>{name}</bdi> <b class="gm-cut">{children}</b>
    </span>
  );
}
