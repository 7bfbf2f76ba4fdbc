import type { ComponentChildren } from 'preact';
import type { Schemas } from '../../api/client';
import { bytes, duration, exact, short } from '../../parts/format';
import { N_, placed, trans } from '../../trans';

type Cell = Schemas['account.Cell'];

/** What of an execution is not recorded, and why; who stopped it. */
export function Gaps({ cell }: { cell: Cell }) {
  return (
    <>
      {(cell.gaps ?? []).map((gap, i) => <p key={i} class="gm-tl-lacks" role="note">{lacks(gap)}</p>)}
      {(cell.interruptions ?? []).map((stop, i) => <p key={i} class="gm-tl-note">{trans.__('Stopped by %1 at %2.', whoStopped(stop.by), exact(stop.time))}</p>)}
      {(cell.missing ?? []).length > 0 && <p class="gm-tl-lacks" role="alert">{trans.__('The ledger lacks the bytes of %1.', cell.missing!.map(short).join(', '))}</p>}
    </>
  );
}

function lacks({ reason, events, bytes: lost }: NonNullable<Cell['gaps']>[number]): string {
  if (!events) return trans.__('Not recorded: %1', reason);
  const many = trans._n('%2 event', '%2 events', events, events.toLocaleString('en'));
  return trans.__('Not recorded: %1 (%2)', reason, lost ? `${many}, ${bytes(lost)}` : many);
}

const stoppers: Record<string, string> = {
  interrupt_request: N_('the reader of the notebook (interrupt)'),
  shutdown_request: N_('a shutdown or restart of the kernel'),
  SIGINT: N_('Ctrl-C (SIGINT)'),
  SIGTERM: N_('another program (SIGTERM)'),
  timeout: N_('the time limit'),
};

/** Who stopped a cell, in words. */
export function whoStopped(by: string): string {
  const known = stoppers[by];
  return known ? trans.__(known) : by;
}

function Fact({ name, children, title }: { name: string; children: ComponentChildren; title?: string }) {
  return (
    <div class="gm-tl-fact">
      <dt>{name}</dt>
      <dd title={title}>{children}</dd>
    </div>
  );
}

/** What it cost, and what state it ran in. */
export function Facts({ cell }: { cell: Cell }) {
  const used = cell.usage?.at(-1);
  const code = cell.code?.at(-1);
  const commit = code && <><bdi>{code.branch ?? ''}</bdi> <code>{code.commit ? code.commit.slice(0, 8) : trans.__('no commit')}</code></>;
  const memory = cell.max_rss || used?.memory || 0;
  const cpu = [cell.user_cpu_ns || used?.user_cpu_ns || 0, cell.system_cpu_ns || used?.system_cpu_ns || 0] as const;
  return (
    <dl class="gm-tl-facts">
      <Fact name={trans.__('Took')}>{duration(cell.wall_ns)}</Fact>
      {cell.build_ns > 0 && <Fact name={trans.__('Build')}>{duration(cell.build_ns)}</Fact>}
      {cell.build_ns > 0 && <Fact name={trans.__('Run')}>{duration(cell.run_ns)}</Fact>}
      {cpu[0] + cpu[1] > 0 && <Fact name={trans.__('CPU')} title={trans.__('user %1, system %2', duration(cpu[0]), duration(cpu[1]))}>{duration(cpu[0] + cpu[1])}</Fact>}
      {memory > 0 && <Fact name={trans.__('Memory')} title={trans.__('at most')}>{bytes(memory)}</Fact>}
      {(used?.disk_read ?? 0) + (used?.disk_written ?? 0) > 0 && <Fact name={trans.__('Disk')}>{trans.__('%1 read, %2 written', bytes(used?.disk_read ?? 0), bytes(used?.disk_written ?? 0))}</Fact>}
      {(used?.received ?? 0) + (used?.sent ?? 0) > 0 && <Fact name={trans.__('Network')}>{trans.__('%1 in, %2 out', bytes(used?.received ?? 0), bytes(used?.sent ?? 0))}</Fact>}
      {(used?.devices ?? []).length > 0 && <Fact name={trans.__('Devices')}>{used!.devices!.length}</Fact>}
      {cell.backend && <Fact name={trans.__('Compute')}>{cell.backend}</Fact>}
      {code && (
        <Fact name={trans.__('Code')} title={code.flags?.join(', ') ?? ''}>
          {code.dirty > 0 ? placed(trans._n('%2, %3 changed', '%2, %3 changed', code.dirty, '%1', code.dirty.toLocaleString('en')), commit) : commit}
        </Fact>
      )}
      {cell.output_bytes > 0 && (
        <Fact name={trans.__('Shown')}>{trans._n('%2 in %3 message', '%2 in %3 messages', cell.messages, bytes(cell.output_bytes), cell.messages.toLocaleString('en'))}</Fact>
      )}
    </dl>
  );
}
