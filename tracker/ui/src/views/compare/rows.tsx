import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { number } from '../../parts/format';
import { Answered } from '../../parts/states';
import type { TableColumn } from '../../parts/table';
import { Rows } from '../../parts/table-some';

type Difference = Schemas['account.TableDifference'];
type Profile = Schemas['account.ColumnProfile'];
type Column = Schemas['account.ColumnChange'];

/** What differs between two versions of a table: its columns, what is in them, and its rows. */
export function TableDifference({ name, a, b }: { name: string; a: string; b: string }) {
  const asked = useAnswer('/api/compare/tables', { name, a, b });
  return (
    <Answered asked={asked} what="both tables">
      {d => (
        <div class="gm-compare-inside">
          <p>{shape(d.a)} → {shape(d.b)}</p>
          {d.columns && d.columns.length > 0 && <Rows rows={d.columns} columns={columns} of="Columns" keyOf={c => c.column} />}
          {d.rows && <RowsOf rows={d.rows} whole={!d.a?.bad && !d.b?.bad && !d.a?.cut && !d.b?.cut} />}
        </div>
      )}
    </Answered>
  );
}

const count = (n: number): string => n.toLocaleString('en');

function shape(of: Difference['a']): string {
  return of ? `${count(of.rows)} rows, ${count(of.columns)} columns${of.bad ? `, ${count(of.bad)} lines that are no rows and are left out` : ''}${of.cut ? `, cut: ${of.cut}` : ''}` : 'unknown';
}

/** A figure that is told as a text, which of moments is none. */
const figure = (text: string): string => (text !== '' && Number.isFinite(Number(text)) ? number(Number(text)) : text);

function Told({ of }: { of: Profile | null }) {
  if (of === null) return <span class="gm-dim">not there</span>;
  const parts = [of.type, `${count(of.distinct)} values`, of.nulls ? `${count(of.nulls)} missing` : '', of.min !== undefined ? `${of.min} … ${of.max ?? ''}` : '', of.mean !== undefined ? `mean ${figure(of.mean)}` : '', of.std !== undefined ? `std ${figure(of.std)}` : ''];
  return <span dir="auto">{parts.filter(Boolean).join(' · ')}</span>;
}

const columns: TableColumn<Column>[] = [
  { id: 'column', title: 'Column', width: 180, show: c => <span dir="auto">{c.column}</span> },
  { id: 'a', title: 'A', width: 420, show: c => <Told of={c.a} /> },
  { id: 'b', title: 'B', width: 420, show: c => <Told of={c.b} /> },
];

/** So many renamed columns, and cells of a row, are told at most. The server tells no more of a row. */
const [mostRenamed, mostCells] = [20, 100];

function RowsOf({ rows, whole }: { rows: NonNullable<Difference['rows']>; whole: boolean }) {
  const by = rows.key?.length ? `by ${rows.key.join(', ')}${rows.guessed ? ', as it seems' : ''}` : 'whole rows';
  return (
    <>
      <p>
        Rows ({by}): {count(rows.equal)} equal
        {rows.added > 0 && <>, <span class="gm-compare-b">{count(rows.added)} added</span></>}
        {rows.removed > 0 && <>, <span class="gm-compare-a">{count(rows.removed)} removed</span></>}
        {rows.changed > 0 && `, ${count(rows.changed)} changed`}
        {rows.added + rows.removed + rows.changed === 0 && (whole ? ': the rows are the same, only their bytes are not' : ': what could be read is the same')}
        {rows.renamed_columns?.length ? `; renamed: ${rows.renamed_columns.slice(0, mostRenamed).map(r => `${r.from} → ${r.to}`).join(', ')}` : ''}
        {(rows.renamed_columns?.length ?? 0) > mostRenamed && ` and ${count(rows.renamed_columns!.length - mostRenamed)} more`}
      </p>
      {rows.examples?.length ? <Rows rows={rows.examples} columns={examples} of="Rows that differ" keyOf={r => `${r.change} ${r.before ?? ''} ${r.after ?? ''}`} /> : null}
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
  cells && cells.length >= mostCells ? <span key="more" class="gm-dim"> and more</span> : null,
];

const examples: TableColumn<Example>[] = [
  { id: 'change', title: 'Row', width: 120, show: r => <>{r.change} <span class="gm-dim">{[r.before, r.after].filter(Boolean).join(' → ')}</span></> },
  { id: 'key', title: 'Key', width: 160, show: r => <span dir="auto">{r.key?.map(k => k.new ?? k.old).join(', ')}</span> },
  { id: 'cells', title: 'Values', width: 600, show: r => <>{values(r.cells)}</> },
];
