import type { Schemas } from '../../api/client';
import { ago, baseName, exact, short } from '../../parts/format';
import { Link } from '../../parts/link';
import { Shares } from './shares';

type Usage = Schemas['DiskUsage'];

export function Kinds({ usage }: { usage: Usage }) {
  const rows = usage.kinds ?? [];
  return (
    <Shares title="By kind" first={['Kind']} all={rows} most={rows[0]?.stored ?? 0} name={row => row.kind}>
      {row => [<>{row.kind} <span class="gm-dim">{row.blobs.toLocaleString('en')}</span></>]}
    </Shares>
  );
}

export function Sessions({ usage }: { usage: Usage }) {
  const rows = usage.sessions ?? [];
  return (
    <Shares title="Largest sessions" first={['Session', 'Notebook', 'Started']} all={rows} most={rows[0]?.stored ?? 0} name={row => row.journal}>
      {row => [
        row.session ? <Link to={{ view: 'timeline', params: { session: row.session } }} class="gm-mono">{short(row.session)}</Link> : <span class="gm-dim">outside of sessions</span>,
        <span class="gm-cut" title={row.notebook}>{baseName(row.notebook ?? '') || '–'}</span>,
        row.started ? <time dateTime={row.started} title={exact(row.started)}>{ago(row.started)}</time> : '–',
      ]}
    </Shares>
  );
}

export function Cells({ usage }: { usage: Usage }) {
  const rows = usage.cells ?? [];
  return (
    <Shares title="Largest cell executions" first={['Cell', 'Notebook', 'Execution']} all={rows} most={rows[0]?.stored ?? 0} name={row => row.execution}>
      {row => [
        <Link to={{ view: 'timeline', params: { cell: row.execution } }}>{row.name || short(row.execution)}</Link>,
        <span class="gm-cut" title={row.notebook}>{baseName(row.notebook) || '–'}</span>,
        <span class="gm-mono">{short(row.execution)}</span>,
      ]}
    </Shares>
  );
}
