// The fields of runs as columns of the table: where a row has them, how they look, what they hold exactly.
import type { ComponentChildren } from 'preact';
import type { Schemas } from '../../api/client';
import { ago, duration, exact, number, short } from '../../parts/format';
import type { TableColumn } from '../../parts/table';
import { N_, trans } from '../../trans';
import { Status } from './status';

export type RunRow = Schemas['account.RunRow'];
export type Field = Schemas['Column'];
type Figure = NonNullable<RunRow['metrics']>[string];

interface Look {
  /** Marked with N_. */
  title: string;
  width: number;
  right?: boolean;
  show(row: RunRow): ComponentChildren;
  text(row: RunRow): string | undefined;
}

const plain = (title: string, width: number, of: (row: RunRow) => string | undefined): Look => ({
  title, width, text: of, show: row => <span dir="auto">{of(row) ?? ''}</span>,
});

/** How long a run took, in seconds; undefined while it runs. */
export function seconds(row: Pick<RunRow, 'started' | 'ended'>): number | undefined {
  return row.started && row.ended ? (Date.parse(row.ended) - Date.parse(row.started)) / 1000 : undefined;
}

function took(row: RunRow): string {
  const s = seconds(row);
  return s === undefined ? '' : duration(s * 1e9);
}

/** The fields that are no params, metrics or tags, by their names. */
const attributes: Record<string, Look> = {
  run_id: { title: N_('Id'), width: 90, text: row => row.id, show: row => <code>{short(row.id)}</code> },
  run_name: plain(N_('Name'), 220, row => row.name || short(row.id)),
  experiment: plain(N_('Experiment'), 140, row => row.experiment),
  status: { title: N_('Status'), width: 104, text: row => row.status, show: row => <Status status={row.status} /> },
  start_time: { title: N_('Started'), width: 104, text: row => row.started && exact(row.started), show: row => (row.started ? ago(row.started) : '') },
  end_time: { title: N_('Ended'), width: 104, text: row => row.ended && exact(row.ended), show: row => (row.ended ? ago(row.ended) : '') },
  duration: { title: N_('Duration'), width: 112, right: true, text: row => { const s = seconds(row); return s === undefined ? undefined : `${s} s`; }, show: took },
  user_id: plain(N_('User'), 90, row => row.user),
  lifecycle_stage: plain(N_('Stage'), 80, row => row.stage),
  parent: { title: N_('Parent'), width: 90, text: row => row.parent, show: row => row.parent && <code>{short(row.parent)}</code> },
  session: { title: N_('Session'), width: 90, text: row => row.session, show: row => row.session && <code>{short(row.session)}</code> },
  source: plain(N_('Source'), 160, row => row.source),
};

/** What a figure says: NaN and infinities by name. */
export function figure(value: Figure | null | undefined): string {
  return value === undefined || value === null ? '' : number(Number(value));
}

const logged: Record<string, (key: string) => Omit<Look, 'title'>> = {
  params: key => ({ width: 110, text: row => row.params?.[key], show: row => <span dir="auto">{row.params?.[key] ?? ''}</span> }),
  tags: key => ({ width: 110, text: row => row.tags?.[key], show: row => <span dir="auto">{row.tags?.[key] ?? ''}</span> }),
  metrics: key => ({
    width: 110, right: true, text: row => { const value = row.metrics?.[key]; return value === undefined ? undefined : String(value); },
    show: row => { const value = row.metrics?.[key]; return typeof value === 'string' ? <span class="gm-runs-odd">{figure(value)}</span> : figure(value); },
  }),
};

/** What a field is called where there is room for a name alone. */
export function titleOf(field: Pick<Field, 'space' | 'key'>): string {
  const title = field.space === 'attributes' && attributes[field.key]?.title;
  return title ? trans.__(title) : field.key;
}

/** Fields of which a run can have several values: of git, data, cells, datasets and the environment. */
function several(field: Field): Omit<Look, 'title'> {
  const name = `${field.space}.${field.key}`;
  const cut = field.space === 'git' && field.key === 'commit' ? short : (text: string) => text;
  return {
    width: field.key === 'commit' ? 90 : 120,
    text: row => row.more?.[name]?.join('\n'),
    show: row => <span dir="auto" class={field.key === 'commit' ? 'gm-mono' : ''}>{row.more?.[name]?.map(cut).join(', ')}</span>,
  };
}

/** The column that shows a field. */
export function columnOf(field: Field): TableColumn<RunRow> {
  const look = logged[field.space]?.(field.key) ?? (field.space === 'attributes' ? attributes[field.key] : undefined) ?? several(field);
  const typed = field.space === 'params' && (field.type === 'number') ? { right: true } : {};
  const group = field.space === 'attributes' ? {} : { group: field.space };
  return { id: field.name, sortable: true, ...group, ...look, ...typed, title: titleOf(field) };
}

/** Which fields a table begins with: what every run has, and of params and metrics those that most runs have. */
export function usualFields(fields: Field[]): Field[] {
  const named = (name: string): Field[] => fields.filter(f => f.name === name);
  const most = (space: string, n: number): Field[] =>
    fields.filter(f => f.space === space && !f.own && !f.key.startsWith('mlflow.') && !f.key.startsWith('gemba.')).sort((a, b) => (b.runs ?? 0) - (a.runs ?? 0)).slice(0, n);
  return [...['run_name', 'status', 'start_time', 'duration', 'experiment'].flatMap(named), ...most('metrics', 8), ...most('params', 12), ...['git.branch', 'git.commit'].flatMap(named), ...most('tags', 4)];
}

/** A field by its name, also when the server did not list it: params.`lr` says it all. */
export function fieldNamed(name: string, fields: Field[]): Field {
  const known = fields.find(f => f.name === name);
  if (known) return known;
  const [, space, key] = /^(\w+)\.`?(.*?)`?$/s.exec(name) ?? [];
  return { name, space: space ?? 'attributes', key: (key ?? name).replaceAll('``', '`'), type: 'string' };
}
