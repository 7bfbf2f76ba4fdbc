import { useMemo } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { number } from '../../parts/format';
import { Answered } from '../../parts/states';
import type { TableColumn } from '../../parts/table';
import { Rows } from '../../parts/table-some';
import { trans } from '../../trans';

type Difference = Schemas['account.TableDifference'];
type Profile = Schemas['account.ColumnProfile'];
type Column = Schemas['account.ColumnChange'];

/** What differs between two versions of a table: its columns, what is in them, and its rows. */
export function TableDifference({ name, a, b }: { name: string; a: string; b: string }) {
  const asked = useAnswer('/api/compare/tables', { name, a, b });
  const columns = useMemo(columnsOf, []);
  return (
    <Answered asked={asked} what={trans.__('both tables')}>
      {d => (
        <div class="gm-compare-inside">
          <p>{shape(d.a)} → {shape(d.b)}</p>
          {d.columns && d.columns.length > 0 && <Rows rows={d.columns} columns={columns} of={trans.__('Columns')} keyOf={c => c.column} />}
          {d.rows && <RowsOf rows={d.rows} whole={!d.a?.bad && !d.b?.bad && !d.a?.cut && !d.b?.cut} />}
        </div>
      )}
    </Answered>
  );
}

const count = (n: number): string => n.toLocaleString('en');

function shape(of: Difference['a']): string {
  if (!of) return trans.__('unknown');
  const parts = [trans._n('%2 row', '%2 rows', of.rows, count(of.rows)), trans._n('%2 column', '%2 columns', of.columns, count(of.columns))];
  if (of.bad) parts.push(trans._n('%2 line that is no row and is left out', '%2 lines that are no rows and are left out', of.bad, count(of.bad)));
  if (of.cut) parts.push(trans.__('cut: %1', of.cut));
  return parts.join(', ');
}

/** A figure that is told as a text, which of moments is none. */
const figure = (text: string): string => (text !== '' && Number.isFinite(Number(text)) ? number(Number(text)) : text);

function Told({ of }: { of: Profile | null }) {
  if (of === null) return <span class="gm-dim">{trans.__('not there')}</span>;
  const parts = [
    of.type, trans._n('%2 value', '%2 values', of.distinct, count(of.distinct)), of.nulls ? trans._n('%2 missing', '%2 missing', of.nulls, count(of.nulls)) : '', of.min !== undefined ? `${of.min} … ${of.max ?? ''}` : '',
    of.mean !== undefined ? trans.__('mean %1', figure(of.mean)) : '', of.std !== undefined ? trans.__('std %1', figure(of.std)) : '',
  ];
  return <span dir="auto">{parts.filter(Boolean).join(' · ')}</span>;
}

const columnsOf = (): TableColumn<Column>[] => [
  { id: 'column', title: trans.__('Column'), width: 180, show: c => <span dir="auto">{c.column}</span> },
  { id: 'a', title: 'A', width: 420, show: c => <Told of={c.a} /> },
  { id: 'b', title: 'B', width: 420, show: c => <Told of={c.b} /> },
];

/** So many renamed columns, and cells of a row, are told at most. The server tells no more of a row. */
const [mostRenamed, mostCells] = [20, 100];

type RowDifference = NonNullable<Difference['rows']>;

function by({ key, guessed }: RowDifference): string {
  if (!key?.length) return trans.__('Rows (whole rows):');
  return guessed ? trans.__('Rows (by %1, as it seems):', key.join(', ')) : trans.__('Rows (by %1):', key.join(', '));
}

function renamed(columns: NonNullable<RowDifference['renamed_columns']>): string {
  const told = columns.slice(0, mostRenamed).map(r => `${r.from} → ${r.to}`).join(', ');
  return columns.length > mostRenamed ? trans.__('renamed: %1 and %2 more', told, count(columns.length - mostRenamed)) : trans.__('renamed: %1', told);
}

function RowsOf({ rows, whole }: { rows: RowDifference; whole: boolean }) {
  const columns = useMemo(examples, []);
  return (
    <>
      <p>
        {by(rows)} {trans._n('%2 equal', '%2 equal', rows.equal, count(rows.equal))}
        {rows.added > 0 && <>, <span class="gm-compare-b">{trans._n('%2 added', '%2 added', rows.added, count(rows.added))}</span></>}
        {rows.removed > 0 && <>, <span class="gm-compare-a">{trans._n('%2 removed', '%2 removed', rows.removed, count(rows.removed))}</span></>}
        {rows.changed > 0 && `, ${trans._n('%2 changed', '%2 changed', rows.changed, count(rows.changed))}`}
        {rows.added + rows.removed + rows.changed === 0 && `: ${whole ? trans.__('the rows are the same, only their bytes are not') : trans.__('what could be read is the same')}`}
        {rows.renamed_columns?.length ? `; ${renamed(rows.renamed_columns)}` : ''}
      </p>
      {rows.examples?.length ? <Rows rows={rows.examples} columns={columns} of={trans.__('Rows that differ')} keyOf={r => `${r.change} ${r.before ?? ''} ${r.after ?? ''}`} /> : null}
    </>
  );
}

type Example = Schemas['account.RowChange'];

const values = (cells: Example['cells']) => [
  ...(cells ?? []).map(c => (
    <span key={c.column} class="gm-compare-value" dir="auto">
      <span class="gm-dim">{c.column}</span> {c.old !== undefined && <del class="gm-compare-a">{c.old}</del>} {c.new !== undefined && c.new !== c.old && <ins class="gm-compare-b">{c.new}</ins>}
    </span>
  )),
  cells && cells.length >= mostCells ? <span key="more" class="gm-dim"> {trans.__('and more')}</span> : null,
];

const examples = (): TableColumn<Example>[] => [
  { id: 'change', title: trans.__('Row'), width: 120, show: r => <>{r.change} <span class="gm-dim">{[r.before, r.after].filter(Boolean).join(' → ')}</span></> },
  { id: 'key', title: trans.__('Key'), width: 160, show: r => <span dir="auto">{r.key?.map(k => k.new ?? k.old).join(', ')}</span> },
  { id: 'cells', title: trans.__('Values'), width: 600, show: r => <>{values(r.cells)}</> },
];
