import { Component } from 'preact';
import { ago, duration, exact } from '../../parts/format';
import { trans } from '../../trans';
import { Bar } from './bar';
import { Details } from './details';
import { AgainChip } from './again';
import type { Row } from './rows';
import { Elapsed, Status } from './status';

export interface Shown {
  row: Row;
  /** The place of its cell, from 1; undefined when it is not known which cell it was. */
  position: number | undefined;
  before: Row | undefined;
  longest: number;
  open: boolean;
  active: boolean;
  engine: string;
  dir: string;
  toggle(row: Row): void;
  activate(row: Row): void;
}

/** What about an execution is worth a mark. */
function Marks({ row }: { row: Row }) {
  return (
    <span class="gm-tl-marks">
      {row.out_of_order && <span class="gm-chip gm-chip-warn" title={trans.__('A cell that first ran behind this one had run before it')}>{trans.__('out of order')}</span>}
      {row.edited && <span class="gm-chip gm-chip-info" title={trans.__('Its source is other than when this cell ran before')}>{trans.__('changed')}</span>}
      <AgainChip row={row} />
      {row.repeat > 1 && (
        <span class="gm-chip" title={trans._n('The cell ran %1 time before in this session', 'The cell ran %1 times before in this session', row.repeat - 1)}>
          {trans.__('run %1', row.repeat)}
        </span>
      )}
      {row.reused && <span class="gm-chip" title={trans.__('The program built for it earlier was used again')}>{trans.__('reused')}</span>}
      {row.truncated && <span class="gm-chip gm-chip-warn" title={trans.__('It showed more than is kept')}>{trans.__('output cut')}</span>}
      {row.redactions > 0 && (
        <span class="gm-chip" title={trans.__('Secrets were taken out before anything was written')}>{trans._n('%1 redacted', '%1 redacted', row.redactions)}</span>
      )}
    </span>
  );
}

/** A cell execution: a line, and when it is open all that is recorded of it. It is drawn again only when something of it is other. */
export class Execution extends Component<Shown> {
  override shouldComponentUpdate(next: Shown): boolean {
    return (Object.keys(next) as (keyof Shown)[]).some(key => next[key] !== this.props[key]);
  }

  override render(shown: Shown) {
    return <Line {...shown} />;
  }
}

function Line(shown: Shown) {
  const { row, position, longest, open, active, toggle, activate } = shown;
  const count = row.count ? `In [${row.count}]` : trans.__('Not counted');
  const title = `${position ? trans.__('%1, cell %2', count, position) : count}: ${row.name}, ${row.status}`;
  return (
    <article class={`gm-tl-item ${open ? 'gm-tl-open' : ''}`} aria-label={title}>
      <button class="gm-tl-row" id={`gm-tl-${row.id}`} aria-expanded={open} tabIndex={active ? 0 : -1} onClick={() => toggle(row)} onFocus={() => activate(row)}>
        <span class={`gm-tl-caret ${open ? 'gm-tl-caret-open' : ''}`} aria-hidden="true" />
        <span class="gm-tl-count gm-mono gm-num" title={trans.__('Execution %1 of the session', row.sequence)}>{row.count ? `[${row.count}]` : '–'}</span>
        <span class="gm-tl-position gm-num" title={trans.__('The place of its cell, by when cells ran first')}>{position ? trans.__('cell %1', position) : ''}</span>
        <span class="gm-tl-name gm-mono gm-cut" dir="auto">{row.name}</span>
        <Marks row={row} />
        <Bar row={row} longest={longest} />
        <span class="gm-tl-took gm-num">{row.status === 'running' ? <Elapsed since={row.started} /> : duration(row.wall_ns)}</span>
        <span class="gm-tl-status"><Status status={row.status} error={row.error_name} /></span>
        <time class="gm-tl-when gm-num" dateTime={row.started} title={exact(row.started)}>{ago(row.started)}</time>
      </button>
      {open && <Details {...shown} />}
    </article>
  );
}
