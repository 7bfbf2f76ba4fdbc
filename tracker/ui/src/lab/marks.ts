// What a mark at a cell says: pure, of what the ledger and the notebook hold.
import type { Schemas } from '../api/client';
import type { Place } from '../host';
import { duration, exact } from '../parts/format';
import { trans } from '../trans';

export type Recorded = Schemas['NotebookCell'];

/** What it came to that a cell was run again with the same source. */
type Verdict = 'equal' | 'differs' | 'failed';

export interface Mark {
  kind: 'recorded' | 'running' | 'edited' | 'order' | 'earlier' | 'gap' | 'unrecorded' | Verdict;
  /** Stands before the words, so that they are told apart at a glance and without colours. */
  sign: string;
  text: string;
  /** More, for who points at it. */
  title: string;
  /** Where the execution is compared with the one that it repeats. */
  compare?: Place | undefined;
}

/** What the notebook holds of a cell. */
export interface Present {
  source: string;
  /** It was run at some time, as the notebook says. */
  ran: boolean;
  /** A cell below it was run before it was, in the newest session. */
  outOfOrder: boolean;
}

/** The mark of a cell; undefined where there is nothing to say. `sourceOf` returns a recorded source by its digest where it is known. */
export function markOf(cell: Recorded | undefined, present: Present, sourceOf: (digest: string) => string | undefined): Mark | undefined {
  if (!cell) {
    if (!present.ran) return undefined;
    return { kind: 'unrecorded', sign: '⊘', text: trans.__('not recorded'), title: trans.__('No execution of this cell is in the ledger.') };
  }
  const kind = kindOf(cell, present, sourceOf);
  const [sign, text] = says(kind, cell);
  return { kind, sign, text, title: [...about(kind, cell), ...facts(cell)].join('\n'), compare: compared(kind, cell) };
}

/** A compared execution is worth a link where the mark is about it, or its result might have to do with the mark. */
function compared(kind: Mark['kind'], { again, execution }: Recorded): Place | undefined {
  return again && (kind === 'order' || kind === again.verdict) ? { view: 'compare', params: { a: again.of, b: execution } } : undefined;
}

function kindOf(cell: Recorded, present: Present, sourceOf: (digest: string) => string | undefined): Mark['kind'] {
  if (cell.status === 'running') return 'running';
  if (edited(cell, present.source, sourceOf)) return 'edited';
  if (cell.gaps?.length) return 'gap';
  if (!cell.current) return 'earlier';
  return present.outOfOrder ? 'order' : (verdictOf(cell) ?? 'recorded');
}

/** What it came to that the cell was run again; undefined also for verdicts that this page does not know. */
function verdictOf({ again }: Recorded): Verdict | undefined {
  return (['equal', 'differs', 'failed'] as const).find(verdict => verdict === again?.verdict);
}

/** Whether a cell was edited since it was run. Where secrets were taken out of what is recorded nobody knows. */
export function edited(cell: Recorded, source: string, sourceOf: (digest: string) => string | undefined): boolean {
  if (cell.redactions > 0) return false;
  if (!cell.source_digest) return source !== '';
  const recorded = sourceOf(cell.source_digest);
  return recorded !== undefined && recorded !== source;
}

function says(kind: Mark['kind'], cell: Recorded): [sign: string, text: string] {
  switch (kind) {
    case 'running':
      return ['◌', trans.__('being recorded')];
    case 'edited':
      return ['✎', trans.__('edited since it was run')];
    case 'gap':
      return ['⊘', trans.__('not all is recorded')];
    case 'earlier':
      return ['↺', trans.__('from an earlier session')];
    case 'order':
      return ['↕', trans.__('run out of order')];
    case 'equal':
      return ['=', trans.__('%1 · outputs equal again', recorded(cell))];
    case 'differs':
      return ['≠', trans.__('%1 · outputs differ from before', recorded(cell))];
    case 'failed':
      return ['✕', trans.__('%1 · failed this time', recorded(cell))];
    default:
      return ['✓', recorded(cell)];
  }
}

function recorded(cell: Recorded): string {
  return cell.status === 'ok' ? trans.__('recorded · %1', duration(cell.wall_ns)) : trans.__('recorded');
}

function about(kind: Mark['kind'], cell: Recorded): string[] {
  switch (kind) {
    case 'edited':
      return [trans.__('The source is not the one that made what is shown.')];
    case 'gap':
      return (cell.gaps ?? []).map(gap => gap.reason);
    case 'earlier':
      return [trans.__('The kernel was started again since: what this cell defined is not there any more.')];
    case 'order':
      return [trans.__('A cell further down was run before it: running all from the top may come to something else.')];
    default:
      return [];
  }
}

/** What it came to that the cell was run again, in a sentence. */
function repeats({ again, session }: Recorded): string | undefined {
  if (!again) return undefined;
  const of = again.session === session ? trans.__('its run before in this session, In [%1]', again.count) : trans.__('its run in the session of %1', exact(again.started));
  switch (again.verdict) {
    case 'equal':
      return trans.__('Its outputs equal those of %1.', of);
    case 'differs':
      return trans.__('Its outputs differ from those of %1.', of);
    case 'failed':
      return trans.__('It failed this time, unlike %1.', of);
    default:
      return undefined;
  }
}

function facts(cell: Recorded): string[] {
  const list = [repeats(cell) ?? [], trans.__('Run %1', exact(cell.started))].flat();
  if (cell.finished) list.push(trans.__('%1 in all: %2 building, %3 running', duration(cell.wall_ns), duration(cell.build_ns), duration(cell.run_ns)));
  if (cell.status !== 'ok' && cell.status !== 'running') list.push(trans.__('Ended: %1', cell.status));
  if (cell.repeat && cell.repeat > 1) list.push(trans._n('Run once in this session', 'Run %1 times in this session', cell.repeat));
  if (cell.redactions) list.push(trans._n('A secret was taken out of the record', '%1 secrets were taken out of the record', cell.redactions));
  return list;
}

/** Which cells of a notebook, in its order, were run in the newest session after one that stands below them. */
export function outOfOrder(cells: (Recorded | undefined)[]): boolean[] {
  let below = Infinity;
  return cells
    .map(cell => (cell?.current && cell.sequence) || undefined)
    .reverse()
    .map(sequence => {
      const late = sequence !== undefined && below < sequence;
      below = Math.min(below, sequence ?? Infinity);
      return late;
    })
    .reverse();
}
