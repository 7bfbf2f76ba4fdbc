// What the view of runs shows: what the page's address says of it.
import type { Place } from '../../host';
import type { TableOrder } from '../../parts/table';
import { many, one } from '../view';

export interface Query {
  filter: string;
  /** The name of an experiment; empty: all. */
  experiment: string;
  stage: 'active' | 'deleted' | 'all';
  order?: TableOrder | undefined;
  /** The fields that are shown, as filters write them; undefined: those that most runs have. */
  columns?: string[] | undefined;
  /** The field that rows are grouped by. */
  group: string;
  /** The run that is shown beside the table. */
  run: string;
}

const descends = / DESC$/;

export function queryOf(params: Place['params']): Query {
  const order = one(params, 'order') ?? '';
  const columns = many(params, 'columns');
  const stage = one(params, 'stage');
  return {
    filter: one(params, 'filter') ?? '',
    experiment: one(params, 'experiment') ?? '',
    stage: stage === 'deleted' || stage === 'all' ? stage : 'active',
    order: order ? { column: order.replace(descends, ''), descending: descends.test(order) } : undefined,
    columns: columns.length ? columns : undefined,
    group: one(params, 'group') ?? '',
    run: one(params, 'run') ?? '',
  };
}

export function paramsOf(query: Query): Place['params'] {
  const params: Place['params'] = {};
  for (const name of ['filter', 'experiment', 'group', 'run'] as const) if (query[name]) params[name] = query[name];
  if (query.stage !== 'active') params['stage'] = query.stage;
  if (query.order) params['order'] = orderText(query.order);
  if (query.columns) params['columns'] = query.columns;
  return params;
}

export function orderText(order: TableOrder): string {
  return order.column + (order.descending ? ' DESC' : '');
}

/** The order after a click at a column: ascending, descending, none. Metrics and times begin with the greatest. */
export function nextOrder(order: TableOrder | undefined, column: string, greatestFirst: boolean): TableOrder | undefined {
  if (order?.column !== column) return { column, descending: greatestFirst };
  return order.descending === greatestFirst ? { column, descending: !greatestFirst } : undefined;
}

/** A text as filters write it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A filter that holds where both do. */
export function both(a: string, b: string): string {
  if (a.trim() === '') return b;
  return b.trim() === '' ? a : `(${a}) AND ${b}`;
}
