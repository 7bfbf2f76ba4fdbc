import type { Schemas } from '../../api/client';
import { ago, baseName, exact, short } from '../../parts/format';
import { Link } from '../../parts/link';
import { N_, trans } from '../../trans';
import { Shares } from './shares';

type Usage = Schemas['DiskUsage'];

export function Kinds({ usage }: { usage: Usage }) {
  const rows = usage.kinds ?? [];
  return (
    <Shares title={trans.__('By kind')} first={[N_('Kind')]} all={rows} most={rows[0]?.stored ?? 0} name={row => row.kind}>
      {row => [<>{row.kind} <span class="gm-dim">{row.blobs.toLocaleString('en')}</span></>]}
    </Shares>
  );
}

export function Sessions({ usage }: { usage: Usage }) {
  const rows = usage.sessions ?? [];
  return (
    <Shares title={trans.__('Largest sessions')} first={[N_('Session'), N_('Notebook'), N_('Started')]} all={rows} most={rows[0]?.stored ?? 0} name={row => row.journal}>
      {row => [
        row.session ? <Link to={{ view: 'timeline', params: { session: row.session } }} class="gm-mono">{short(row.session)}</Link> : <span class="gm-dim">{trans.__('outside of sessions')}</span>,
        <span class="gm-cut" title={row.notebook}>{baseName(row.notebook ?? '') || '–'}</span>,
        row.started ? <time dateTime={row.started} title={exact(row.started)}>{ago(row.started)}</time> : '–',
      ]}
    </Shares>
  );
}

export function Cells({ usage }: { usage: Usage }) {
  const rows = usage.cells ?? [];
  return (
    <Shares title={trans.__('Largest cell executions')} first={[N_('Cell'), N_('Notebook'), N_('Execution')]} all={rows} most={rows[0]?.stored ?? 0} name={row => row.execution}>
      {row => [
        <Link to={{ view: 'timeline', params: { cell: row.execution } }}>{row.name || short(row.execution)}</Link>,
        <span class="gm-cut" title={row.notebook}>{baseName(row.notebook) || '–'}</span>,
        <span class="gm-mono">{short(row.execution)}</span>,
      ]}
    </Shares>
  );
}
