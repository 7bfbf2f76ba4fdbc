// What it came to that a cell was run again with the same source: in another session, or in its own.
import { exact } from '../../parts/format';
import { Link } from '../../parts/link';
import { N_, placed, trans } from '../../trans';
import type { Row } from './rows';

type Again = NonNullable<Row['again']>;

interface Verdict {
  sign: string;
  chip: string;
  look: string;
  /** A sentence; %1 is the run that is repeated. */
  says: string;
}

const verdicts: Record<string, Verdict> = {
  equal: { sign: '=', chip: N_('equal again'), look: '', says: N_('Outputs equal those of %1.') },
  differs: { sign: '≠', chip: N_('differs'), look: 'gm-chip-warn', says: N_('Outputs differ from those of %1.') },
  failed: { sign: '✕', chip: N_('failed now'), look: 'gm-chip-bad', says: N_('It failed this time, unlike %1.') },
};

const here = (again: Again, session: string): boolean => again.session === session;

/** The run that is repeated, in words. */
function named(again: Again, session: string): string {
  return here(again, session) ? trans.__('its run before in this session, [%1]', again.count) : trans.__('its run in the session of %1', exact(again.started));
}

/** A mark at an execution that repeats an earlier one. A verdict that this page does not know has none. */
export function AgainChip({ row: { again, session } }: { row: Pick<Row, 'again' | 'session'> }) {
  const verdict = again && verdicts[again.verdict];
  if (!verdict) return null;
  return (
    <span class={`gm-chip ${verdict.look}`} title={trans.__(verdict.says, named(again, session))}>
      <span aria-hidden="true">{verdict.sign}</span>
      {trans.__(verdict.chip)}
    </span>
  );
}

/** The same in a sentence, with the way to the run that is repeated and to what differs. */
export function AgainSaid({ row: { id, again, session } }: { row: Row }) {
  const verdict = again && verdicts[again.verdict];
  if (!verdict) return null;
  const repeated = <Link to={{ view: 'timeline', params: { session: again.session, cell: again.of } }}>{named(again, session)}</Link>;
  return (
    <p class="gm-tl-again">
      {placed(trans.__(verdict.says, '%1'), repeated)}{' '}
      <Link to={{ view: 'compare', params: { a: again.of, b: id } }} label={trans.__('Compare with the run that it repeats')}>{trans.__('Compare')}</Link>
    </p>
  );
}
