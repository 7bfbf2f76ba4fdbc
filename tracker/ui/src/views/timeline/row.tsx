import { Component } from 'preact';
import { ago, duration, exact } from '../../parts/format';
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
      {row.out_of_order && <span class="gm-chip gm-chip-warn" title="A cell that first ran behind this one had run before it">out of order</span>}
      {row.edited && <span class="gm-chip gm-chip-info" title="Its source is other than when this cell ran before">changed</span>}
      <AgainChip row={row} />
      {row.repeat > 1 && <span class="gm-chip" title={`The cell ran ${row.repeat - 1} times before in this session`}>run {row.repeat}</span>}
      {row.reused && <span class="gm-chip" title="The program built for it earlier was used again">reused</span>}
      {row.truncated && <span class="gm-chip gm-chip-warn" title="It showed more than is kept">output cut</span>}
      {row.redactions > 0 && <span class="gm-chip" title="Secrets were taken out before anything was written">{row.redactions} redacted</span>}
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
  const title = `${row.count ? `In [${row.count}]` : 'Not counted'}${position ? `, cell ${position}` : ''}: ${row.name}, ${row.status}`;
  return (
    <article class={`gm-tl-item ${open ? 'gm-tl-open' : ''}`} aria-label={title}>
      <button class="gm-tl-row" id={`gm-tl-${row.id}`} aria-expanded={open} tabIndex={active ? 0 : -1} onClick={() => toggle(row)} onFocus={() => activate(row)}>
        <span class={`gm-tl-caret ${open ? 'gm-tl-caret-open' : ''}`} aria-hidden="true" />
        <span class="gm-tl-count gm-mono gm-num" title={`Execution ${row.sequence} of the session`}>{row.count ? `[${row.count}]` : '–'}</span>
        <span class="gm-tl-position gm-num" title="The place of its cell, by when cells ran first">{position ? `cell ${position}` : ''}</span>
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
