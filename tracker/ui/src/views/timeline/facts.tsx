import type { ComponentChildren } from 'preact';
import type { Schemas } from '../../api/client';
import { bytes, duration, exact, short } from '../../parts/format';

type Cell = Schemas['account.Cell'];

/** What of an execution is not recorded, and why; who stopped it. */
export function Gaps({ cell }: { cell: Cell }) {
  return (
    <>
      {(cell.gaps ?? []).map((gap, i) => (
        <p key={i} class="gm-tl-lacks" role="note">
          Not recorded: {gap.reason}{gap.events ? ` (${gap.events.toLocaleString('en')} events${gap.bytes ? `, ${bytes(gap.bytes)}` : ''})` : ''}
        </p>
      ))}
      {(cell.interruptions ?? []).map((stop, i) => <p key={i} class="gm-tl-note">Stopped by {whoStopped(stop.by)} at {exact(stop.time)}.</p>)}
      {(cell.missing ?? []).length > 0 && <p class="gm-tl-lacks" role="alert">The ledger lacks the bytes of {cell.missing!.map(short).join(', ')}.</p>}
    </>
  );
}

/** Who stopped a cell, in words. */
export function whoStopped(by: string): string {
  const known: Record<string, string> = { interrupt_request: 'the reader of the notebook (interrupt)', shutdown_request: 'a shutdown or restart of the kernel', SIGINT: 'Ctrl-C (SIGINT)', SIGTERM: 'another program (SIGTERM)', timeout: 'the time limit' };
  return known[by] ?? by;
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
  const memory = cell.max_rss || used?.memory || 0;
  const cpu = [cell.user_cpu_ns || used?.user_cpu_ns || 0, cell.system_cpu_ns || used?.system_cpu_ns || 0] as const;
  return (
    <dl class="gm-tl-facts">
      <Fact name="Took">{duration(cell.wall_ns)}</Fact>
      {cell.build_ns > 0 && <Fact name="Build">{duration(cell.build_ns)}</Fact>}
      {cell.build_ns > 0 && <Fact name="Run">{duration(cell.run_ns)}</Fact>}
      {cpu[0] + cpu[1] > 0 && <Fact name="CPU" title={`user ${duration(cpu[0])}, system ${duration(cpu[1])}`}>{duration(cpu[0] + cpu[1])}</Fact>}
      {memory > 0 && <Fact name="Memory" title="at most">{bytes(memory)}</Fact>}
      {(used?.disk_read ?? 0) + (used?.disk_written ?? 0) > 0 && <Fact name="Disk">{bytes(used?.disk_read ?? 0)} read, {bytes(used?.disk_written ?? 0)} written</Fact>}
      {(used?.received ?? 0) + (used?.sent ?? 0) > 0 && <Fact name="Network">{bytes(used?.received ?? 0)} in, {bytes(used?.sent ?? 0)} out</Fact>}
      {(used?.devices ?? []).length > 0 && <Fact name="Devices">{used!.devices!.length}</Fact>}
      {cell.backend && <Fact name="Compute">{cell.backend}</Fact>}
      {code && (
        <Fact name="Code" title={code.flags?.join(', ') ?? ''}>
          <bdi>{code.branch ?? ''}</bdi> <code>{code.commit ? code.commit.slice(0, 8) : 'no commit'}</code>
          {code.dirty > 0 && `, ${code.dirty.toLocaleString('en')} changed`}
        </Fact>
      )}
      {cell.output_bytes > 0 && <Fact name="Shown">{bytes(cell.output_bytes)} in {cell.messages === 1 ? '1 message' : `${cell.messages.toLocaleString('en')} messages`}</Fact>}
    </dl>
  );
}
