// What it came to that a cell was run again with the same source: in another session, or in its own.
import { exact } from '../../parts/format';
import { Link } from '../../parts/link';
import type { Row } from './rows';

type Again = NonNullable<Row['again']>;

interface Verdict {
  sign: string;
  chip: string;
  look: string;
  /** What stands before and behind the name of the run that is repeated. */
  says: [before: string, behind: string];
}

const verdicts: Record<string, Verdict> = {
  equal: { sign: '=', chip: 'equal again', look: '', says: ['Outputs equal those of ', '.'] },
  differs: { sign: '≠', chip: 'differs', look: 'gm-chip-warn', says: ['Outputs differ from those of ', '.'] },
  failed: { sign: '✕', chip: 'failed now', look: 'gm-chip-bad', says: ['It failed this time, unlike ', '.'] },
};

const here = (again: Again, session: string): boolean => again.session === session;

/** The run that is repeated, in words. */
function named(again: Again, session: string): string {
  return here(again, session) ? `its run before in this session, [${again.count}]` : `its run in the session of ${exact(again.started)}`;
}

/** A mark at an execution that repeats an earlier one. A verdict that this page does not know has none. */
export function AgainChip({ row: { again, session } }: { row: Pick<Row, 'again' | 'session'> }) {
  const verdict = again && verdicts[again.verdict];
  if (!verdict) return null;
  return (
    <span class={`gm-chip ${verdict.look}`} title={verdict.says.join(named(again, session))}>
      <span aria-hidden="true">{verdict.sign}</span>
      {verdict.chip}
    </span>
  );
}

/** The same in a sentence, with the way to the run that is repeated and to what differs. */
export function AgainSaid({ row: { id, again, session } }: { row: Row }) {
  const verdict = again && verdicts[again.verdict];
  if (!verdict) return null;
  const [before, behind] = verdict.says;
  return (
    <p class="gm-tl-again">
      {before}
      <Link to={{ view: 'timeline', params: { session: again.session, cell: again.of } }}>{named(again, session)}</Link>
      {behind} <Link to={{ view: 'compare', params: { a: again.of, b: id } }} label="Compare with the run that it repeats">Compare</Link>
    </p>
  );
}
