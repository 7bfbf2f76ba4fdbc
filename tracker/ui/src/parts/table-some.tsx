import './table-some.css';
import { useMemo } from 'preact/hooks';
import { Table, type TableColumn } from './table';

/** More rows than this are drawn only where they are seen. */
const fewRows = 60;

/** Few rows as a table of the document, many as one that draws what is seen. */
export function Rows<Row>({ rows, columns, of, keyOf }: { rows: Row[]; columns: TableColumn<Row>[]; of: string; keyOf(row: Row): string }) {
  const at = useMemo(() => (place: number) => rows[place], [rows]);
  if (rows.length > fewRows) return <div class="gm-some-many"><Table label={of} name={columns.map(c => c.id).join(' ')} columns={columns} count={rows.length} row={at} sticky={1} /></div>;
  return (
    <div class="gm-some-scroll">
      <table class="gm-table gm-some">
        <thead><tr>{columns.map(c => <th key={c.id} scope="col" class={c.right ? 'gm-num' : ''}>{c.title}</th>)}</tr></thead>
        <tbody>
          {rows.map(row => (
            <tr key={keyOf(row)}>
              {columns.map((c, i) => i === 0 ? <th key={c.id} scope="row">{c.show(row)}</th> : <td key={c.id} class={c.right ? 'gm-num' : ''} title={c.text?.(row)}>{c.show(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
